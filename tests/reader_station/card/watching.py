"""The states that a reader reported, for tests to wait on."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from reader_station.card.reader import ReadCard, ReaderState
from tests.reader_station.virtual_card import wait_until


class SeenStates:
    """An `on_event` that keeps every state with its moment (monotonic seconds)."""

    def __init__(self) -> None:
        self.events: list[tuple[float, ReaderState]] = []

    def __call__(self, state: ReaderState) -> None:
        self.events.append((time.monotonic(), state))

    @property
    def states(self) -> list[ReaderState]:
        """Every state so far."""
        return [state for _, state in self.events]

    @property
    def last(self) -> ReaderState:
        """The newest state."""
        return self.events[-1][1]

    def shows(self, card: ReadCard) -> bool:
        """Is the card in the newest state the insertion that was read?"""
        return self.last.card and (self.last.reader, self.last.insertion) == (card.reader, card.insertion)

    def wait_for(self, is_so: Callable[[ReaderState], bool], seconds: float = 5.0) -> float:
        """Wait until the newest state is so. Returns the moment it was reported."""
        wait_until(lambda: bool(self.events) and is_so(self.last), seconds)
        return self.events[-1][0]

    def wait_for_card(self, *, is_in: bool = True) -> float:
        """Wait until a card is in, or none is. Returns the moment."""
        return self.wait_for(lambda state: state.service and state.card is is_in)

    def wait_for_new_card(
        self, reader: str, known: Collection[tuple[str | None, int]] = ()
    ) -> tuple[str | None, int]:
        """Wait until a card in this reader is shown that is none of the known. Returns its insertion."""
        self.wait_for(
            lambda state: (
                state.card and state.reader == reader and (state.reader, state.insertion) not in known
            )
        )
        return self.last.reader, self.last.insertion
