"""A real mail server that catches what we send, with and without encryption."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.certificates import make_certificate


@dataclass
class Caught:
    """What the catcher was handed: envelope sender, envelope receiver, the message's bytes."""

    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.extend((envelope.mail_from, receiver, envelope.content) for receiver in envelope.rcpt_tos)
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 caught"


class _Catcher(Controller):
    """aiosmtpd's controller on a port that the system chose: it calls itself once before `start` returns."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _caught_by(**options: Any) -> Iterator[Caught]:
    caught = Caught()
    controller = _Catcher(
        caught, hostname="127.0.0.1", port=0, server_hostname="catcher.example.com", **options
    )
    controller.start()
    try:
        caught.port = controller.port
        yield caught
    finally:
        controller.stop()


@pytest.fixture
def catcher() -> Iterator[Caught]:
    yield from _caught_by()


@pytest.fixture
def tls_catcher(server_tls: ssl.SSLContext) -> Iterator[Caught]:
    yield from _caught_by(tls_context=server_tls, require_starttls=True)


@pytest.fixture
def implicit_tls_catcher(server_tls: ssl.SSLContext) -> Iterator[Caught]:
    yield from _caught_by(ssl_context=server_tls)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that only its own authority trusts, and its key."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def server_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context
