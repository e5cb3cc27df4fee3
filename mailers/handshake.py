"""Would the mail server take mail from us? Connect, greet, encrypt, sign in, leave; no mail."""

from __future__ import annotations

from dataclasses import dataclass

from mailers.connection import Connection
from mailers.server import MailServer


@dataclass(frozen=True, slots=True)
class Handshake:
    """What the server agreed to: the TLS version (empty: none), and whether we signed in."""

    encryption: str
    is_signed_in: bool


async def shake_hands(server: MailServer) -> Handshake:
    """Open a connection exactly as the delivery does, and leave.

    Raises:
        MailServerAway: no connection came about; the text says why.
    """
    connection = Connection(server)
    try:
        await connection.open()
        return Handshake(connection.encryption, bool(server.user))
    finally:
        await connection.close()
