"""What delivery speaks of: the mail server, a mail on its way, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Verdict(StrEnum):
    """What became of a message."""

    SENT = "sent"
    RETRY = "retry"  # 4xx, or the connection ended before the final dot: nothing was accepted
    REFUSED = "refused"  # 5xx: the same mail will be refused again
    NO_MAILBOX = "no mailbox"  # 5xx, and it is the address: any mail to it will be refused again
    AMBIGUOUS = "ambiguous"  # lost or silent after the final dot: accepted or not, nobody knows


class MailServerAway(Exception):
    """The server takes no mail from us now: host, port and why, never an address."""


class MailServerBusy(MailServerAway):
    """The server asks to be left alone for a while (421 instead of a greeting)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes, and how long we wait (seconds).

    `tls`: "required" is STARTTLS or nothing, "implicit" TLS from the first byte, "none" a local catcher.
    `timeout` is for each reply, `final_timeout` for the one after the message: RFC 5321 4.5.3.2.6 gives the
    server 10 minutes, and giving up earlier makes doubles. All connections rest `first_rest` when it is short
    of room, each time twice as long up to `longest_rest`. `ca_file` adds a private certificate authority.
    """

    host: str
    port: int
    tls: Literal["required", "implicit", "none"] = "required"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60.0
    final_timeout: float = 600.0
    first_rest: float = 1.0
    longest_rest: float = 30.0
    ca_file: str | None = None

    def __post_init__(self) -> None:
        if self.user and self.tls == "none":
            raise ValueError("signing in to a mail server needs TLS: set tls to required or implicit")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail for one receiver: the caller's id, envelope addresses, the whole message."""

    id: int
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The verdict on one message; `code` and `text` are the server's reply, without addresses.

    `is_server_busy`: the reply was not about this mail, the server is short of room.
    """

    id: int
    verdict: Verdict
    code: int | None = None
    text: str = ""
    is_server_busy: bool = False
