"""A real mail server that refuses whom it is told to refuse, as often as it is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from mailers.catcher import LOOPBACK, _free_port
from tests.journey.office import Office

Try = tuple[str, bytes]  # receiver, the mail's bytes


class Moods:
    """Replies to come, by receiver; whoever is not listed is served. `tries` are all mails offered."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self.meanwhile = meanwhile
        self.replies: dict[str, list[str]] = defaultdict(list)
        self.tries: list[Try] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd's hook."""
        (receiver,) = envelope.rcpt_tos
        self.tries.append((receiver, envelope.content))
        self.meanwhile()
        return self.replies[receiver].pop(0) if self.replies[receiver] else "250 taken"


@contextmanager
def moody_server(
    office: Office, *, meanwhile: Callable[[], None] = lambda: None, **replies: list[str]
) -> Iterator[Moods]:
    """A server that the office delivers to over one connection; `replies` by receiver.

    `meanwhile` happens while the server thinks about a mail.
    """
    moods = Moods(meanwhile)
    moods.replies.update(replies)
    server = Controller(moods, hostname=LOOPBACK, port=_free_port())
    server.start()
    try:
        office.settings = office.settings.model_copy(
            update={"smtp_host": LOOPBACK, "smtp_port": server.port, "smtp_connections": 1}
        )
        yield moods
    finally:
        server.stop()
