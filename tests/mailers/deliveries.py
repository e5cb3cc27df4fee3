"""What the tests of delivery share: mails, and servers that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from mailers.delivery import (
    Delivered,
    MailServer,
    MailServerAway,
    Outgoing,
    deliver,
)
from tests.mailers.conftest import Caught
from tests.mailers.scripted_server import ScriptedServer

CONTENT = b"Subject: hello\r\n\r\nhello\r\n"


def outgoing(id: int, recipient: str = "", content: bytes = CONTENT) -> Outgoing:
    return Outgoing(id, "bounce@example.com", recipient or f"person{id}@example.com", content)


async def all_verdicts(
    messages: Iterator[Outgoing] | list[Outgoing], server: MailServer, connections: int
) -> list[Delivered]:
    return [delivered async for delivered in deliver(messages, server=server, connections=connections)]


def delivered_by(caught: Caught, messages: list[Outgoing], *, connections: int = 2) -> list[Delivered]:
    return asyncio.run(all_verdicts(messages, MailServer("127.0.0.1", caught.port, tls="none"), connections))


def scripted(
    count: int, *, connections: int = 1, **script: list[str]
) -> tuple[list[Delivered], ScriptedServer]:
    """Send `count` mails to a server that follows the script."""

    async def run() -> tuple[list[Delivered], ScriptedServer]:
        async with ScriptedServer(**script) as server:
            waits = {"timeout": 0.3, "final_timeout": 0.3, "first_rest": 0.01, "longest_rest": 0.04}
            address = MailServer("127.0.0.1", server.port, tls="none", **waits)
            return await all_verdicts(
                [outgoing(number) for number in range(1, count + 1)], address, connections
            ), server

    return asyncio.run(run())


def why_away(count: int = 1, **script: list[str]) -> str:
    with pytest.raises(MailServerAway) as away:
        scripted(count, **script)
    return str(away.value)
