"""A local mail catcher: takes every mail and keeps it as an `.eml` file; never a relay."""

from __future__ import annotations

import logging
import socket
from itertools import count
from pathlib import Path
from typing import Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK: Final = "127.0.0.1"


class MailCatcher(Controller):
    """An SMTP server on loopback that keeps each mail in `folder` as `00001.eml`, counting on after restarts.

    Use as a context manager; without a port it takes a free one (see `address`).
    """

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd writes every address there
        self._folder = folder
        last = max((int(path.stem) for path in folder.glob("*.eml") if path.stem.isdigit()), default=0)
        self._numbers = count(last + 1)
        super().__init__(handler=self, hostname=LOOPBACK, port=port or _free_port())

    def __enter__(self) -> MailCatcher:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port it listens on."""
        return LOOPBACK, self.port

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail (aiosmtpd's hook); a name appears only when the file is whole."""
        path = self._folder / f"{next(self._numbers):05}.eml"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(envelope.original_content or b"")
        unfinished.rename(path)
        return "250 kept"


def _free_port() -> int:
    # aiosmtpd looks for itself at the port it was given, so it must be given a real one.
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
