"""The stream of states to every open page: names of states only, never a person's data."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

HEARTBEAT_SECONDS: Final = 15.0  # shorter than the idle limit of any proxy or power saver between
RECONNECT_MILLISECONDS: Final = 1000


class Broadcast:
    """Wakes every open stream when the state has changed; a slow page gets the newest state only."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self._is_over = False

    def publish(self) -> None:
        """Announce a new state; to be called in the event loop's thread."""
        for event in self._waiting:
            event.set()

    def end(self) -> None:
        """End every stream; a server that stops waits for its open connections."""
        self._is_over = True
        self.publish()

    async def stream(
        self, snapshot: Callable[[], Mapping[str, Any]], *, heartbeat: float = HEARTBEAT_SECONDS
    ) -> AsyncIterator[str]:
        """Server-sent events for a page: the present state, then every newer one; `heartbeat` in seconds."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield f"retry: {RECONNECT_MILLISECONDS}\n\n"
            while not self._is_over:
                event.clear()
                yield f"data: {json.dumps(snapshot())}\n\n"
                while not await _is_set_within(event, heartbeat):
                    yield ": still here\n\n"
        finally:
            self._waiting.discard(event)


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
