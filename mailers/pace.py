"""How long the connections to one server rest together when it is short of room."""

from __future__ import annotations

import asyncio


class Pace:
    """One rest for all connections: twice as long each time the server asks again, forgotten after a success.

    What was begun before a rest says nothing about it: four connections that hear "busy" at once make one
    rest, and a mail that was on its way already ends none. So whoever asks names the `stage` it began in.
    """

    def __init__(self, *, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._rest = 0.0
        self._rested_at = 0.0
        self.stage = 0
        self.is_worn_out = False  # asked again after the longest rest

    async def keep(self) -> int:
        """Wait until the rest is over; the stage that begins then."""
        clock = asyncio.get_running_loop().time
        while (still := self._rested_at - clock()) > 0:
            await asyncio.sleep(still)
        return self.stage

    def slow_down(self, stage: int) -> None:
        """The server asked for room."""
        if stage == self.stage:
            self.stage += 1
            self.is_worn_out = self._rest >= self._longest
            self._rest = min(self._rest * 2 or self._first, self._longest)
            self._rested_at = asyncio.get_running_loop().time() + self._rest

    def heal(self, stage: int) -> None:
        """The server took a mail."""
        if stage == self.stage:
            self._rest = 0.0
            self.is_worn_out = False
