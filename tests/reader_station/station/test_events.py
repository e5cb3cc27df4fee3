"""The stream of states to an open page."""

from __future__ import annotations

import asyncio

from reader_station.station.events import Broadcast


def test_a_stream_sends_heartbeats_and_ends_with_the_station() -> None:
    async def lines() -> list[str]:
        broadcast = Broadcast()
        stream = broadcast.stream(lambda: {"state": "empty"}, heartbeat=0.01)
        first = [await anext(stream) for _ in range(4)]
        broadcast.end()
        return first + [line async for line in stream if not line.startswith(":")]

    assert asyncio.run(lines()) == [
        "retry: 1000\n\n",
        'data: {"state": "empty"}\n\n',
        ": still here\n\n",
        ": still here\n\n",
    ]
