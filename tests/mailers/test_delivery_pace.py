"""When a server is short of room: all connections rest, each time longer, and mail is never lost."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from mailers.delivery import (
    Delivered,
    MailServer,
    MailServerAway,
    Verdict,
    deliver,
)
from tests.mailers.deliveries import all_verdicts, outgoing, scripted
from tests.mailers.scripted_server import ScriptedServer


def test_a_server_without_room_for_a_moment_is_asked_again() -> None:
    delivered, server = scripted(2, GREETING=["421 not now"] * 2)
    assert [one.verdict for one in delivered] == [Verdict.SENT] * 2
    assert server.connections == 3


def begun(server: ScriptedServer) -> list[float]:
    """When each mail began, by the server's clock."""
    return [at for at, command in zip(server.times, server.commands, strict=True) if command[:4] == "MAIL"]


def test_452_makes_every_connection_rest_twice_as_long_each_time_until_a_mail_is_taken() -> None:
    async def run() -> ScriptedServer:
        async with ScriptedServer(RCPT=["452 4.3.1 no room"] * 2) as server:
            address = MailServer("127.0.0.1", server.port, tls="none", first_rest=0.2, longest_rest=9)
            await all_verdicts(map(outgoing, range(6)), address, 1)
        return server

    at = begun(asyncio.run(run()))
    rests = [later - earlier for earlier, later in pairwise(at)]
    assert rests[0] == pytest.approx(0.2, abs=0.15)
    assert rests[1] == pytest.approx(0.4, abs=0.15)
    assert max(rests[2:]) < 0.15


def test_the_rest_is_shared_by_all_connections() -> None:
    async def run() -> ScriptedServer:
        async with ScriptedServer(RCPT=["250 ok"] * 3 + ["452 4.5.3 too many"]) as server:
            address = MailServer("127.0.0.1", server.port, tls="none", first_rest=0.5)
            await all_verdicts(map(outgoing, range(12)), address, 3)
        return server

    at = begun(asyncio.run(run()))
    assert max(later - earlier for earlier, later in pairwise(at)) > 0.4
    assert sum(moment - at[0] < 0.4 for moment in at) <= 3 + 1 + 2


def test_one_full_mailbox_makes_nobody_rest() -> None:
    began = asyncio.run(_timed(RCPT=["452 4.2.2 the mailbox is full"]))
    assert began < 1


async def _timed(**script: list[str]) -> float:
    loop = asyncio.get_running_loop()
    async with ScriptedServer(**script) as server:
        began = loop.time()
        await all_verdicts(
            map(outgoing, range(3)), MailServer("127.0.0.1", server.port, tls="none", first_rest=5), 1
        )
        return loop.time() - began


def test_a_server_that_never_has_room_is_away_and_the_rest_stays_unsent() -> None:
    seen: list[Delivered] = []

    async def run() -> None:
        async with ScriptedServer(RCPT=["452 4.3.1 no room"] * 100) as server:
            waits = {"first_rest": 0.01, "longest_rest": 0.04}
            address = MailServer("127.0.0.1", server.port, tls="none", **waits)
            async for delivered in deliver(map(outgoing, range(100)), server=address, connections=1):
                seen.append(delivered)  # noqa: PERF401  what was seen must outlive the error

    with pytest.raises(MailServerAway, match="no room"):
        asyncio.run(run())
    assert [one.verdict for one in seen] == [Verdict.RETRY] * 4
