"""A real mail server that refuses whom it is told to refuse, as often as it is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mailers.catcher import MailCatcher
from tests.journey.office import Office

Replies = dict[str, list[str]]


class MoodyServer(MailCatcher):
    """Replies to come, by receiver; whoever is not listed is served. `tries` are all mails offered."""

    def __init__(self, folder: Path, replies: Replies, meanwhile: Callable[[], None]) -> None:
        super().__init__(folder)
        self.replies = defaultdict(list, replies)
        self.tries: list[tuple[str, bytes]] = []
        self._meanwhile = meanwhile

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd's hook."""
        (receiver,) = envelope.rcpt_tos
        self.tries.append((receiver, envelope.content))
        self._meanwhile()
        return self.replies[receiver].pop(0) if self.replies[receiver] else "250 taken"


@contextmanager
def moody_server(
    office: Office, replies: Replies | None = None, *, meanwhile: Callable[[], None] = lambda: None
) -> Iterator[MoodyServer]:
    """A server that the office delivers to over one connection; `replies` by receiver.

    `meanwhile` happens while the server thinks about a mail.
    """
    server = MoodyServer(office.folder / "mail", replies or {}, meanwhile)
    with server:
        host, port = server.address
        chosen = {"smtp_host": host, "smtp_port": port, "smtp_connections": 1}
        office.settings = office.settings.model_copy(update=chosen)
        yield server
