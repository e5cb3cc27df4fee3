"""What the station knows at this moment: the reader's state and, while a card is in and read, one visit.

A visit belongs to one reader, one insertion and one card number. Whatever a person typed is kept in the
visit, so dropping the visit forgets all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from pipeline.words import Notice
from reader_station.card.reader import ReadCard, ReaderState
from reader_station.station.portal_client import sent_card
from reader_station.wire import CardRequest, CardStatus, SentCard

IDLE_SECONDS: Final = 120.0  # a person walked away and left the card in
WARNING_SECONDS: Final = 30.0  # before that: the page asks whether somebody is still there

SoFar = TypeVar("SoFar")


class StationState(StrEnum):
    """The states of a station; their names are sent to the page."""

    NO_SERVICE = "no_service"
    NO_READER = "no_reader"
    EMPTY = "empty"
    UNREAD = "unread"  # a card is in; the next panel that is asked for reads it
    READING = "reading"
    READY = "ready"
    ASLEEP = "asleep"  # forgotten after the idle time; a click reads again
    ERROR = "error"


@dataclass(slots=True, kw_only=True, eq=False)
class Visit:
    """One person's card in the reader, the status of it, and what each errand keeps of this person."""

    token: str = field(repr=False)
    card: ReadCard = field(repr=False)
    status: CardStatus = field(repr=False)
    on_change: Callable[[], None] = field(repr=False)
    _errands: dict[type, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def sent_card(self) -> SentCard:
        """The card as the portal is asked about it."""
        return sent_card(self.card.holder)

    @property
    def card_request(self) -> CardRequest:
        """A request about this card alone."""
        return CardRequest(card=self.sent_card)

    def of(self, kind: type[SoFar]) -> SoFar:
        """What the errand that uses `kind` has kept so far; `kind()` at first."""
        kept: SoFar = self._errands.setdefault(kind, kind())
        return kept

    def keep(self, so_far: object) -> None:
        """Keep an errand's new state in place of the one of its type; every open page looks again."""
        self._errands[type(so_far)] = so_far
        self.on_change()


class Session:
    """The state machine. It has no clock: `now` is a monotonic time in seconds."""

    def __init__(self, on_change: Callable[[], None], *, idle_seconds: float = IDLE_SECONDS) -> None:
        self.seen = ReaderState(service=False)
        self.state = StationState.NO_SERVICE
        self.fault: Notice | None = None
        self.visit: Visit | None = None
        self.version = 0
        self._on_change = on_change
        self._idle_seconds = idle_seconds
        self._last_act = 0.0
        self._is_warned = False

    def see(self, seen: ReaderState) -> None:
        """Take over the reader's new state; whatever it is, the visit before is forgotten at once."""
        if seen == self.seen:
            return
        self.seen = seen
        self._enter(_state_of(seen))

    def begin(self) -> ReaderState | None:
        """A reading begins. Returns the state that it belongs to, or None when there is no card."""
        if not self.seen.card:
            return None
        self._enter(StationState.READING)
        return self.seen

    def finish(self, begun: ReaderState, visit: Visit, *, now: float) -> bool:
        """The reading is done. Returns False, and drops it, when the reader's state is another by now."""
        if self.seen != begun:
            return False
        self._last_act = now
        self._enter(StationState.READY, visit=visit)
        return True

    def fail(self, begun: ReaderState, fault: Notice) -> None:
        """The reading failed; without effect when the reader's state is another by now."""
        if self.seen == begun:
            self._enter(StationState.ERROR, fault=fault)

    def forget(self) -> None:
        """Drop the visit; the card, if it is still in, counts as not read."""
        self._enter(_state_of(self.seen))

    def changed(self) -> None:
        """Something that a page shows has changed: every open page looks again."""
        self.version += 1
        self._on_change()

    def touch(self, *, now: float) -> None:
        """A person did something: the idle time begins again."""
        self._last_act = now
        if self._is_warned:
            self._is_warned = False
            self._on_change()

    def tick(self, *, now: float) -> None:
        """Drop the visit after the idle time; warn the page before."""
        if self.visit is None:
            return
        idle = now - self._last_act
        if idle >= self._idle_seconds:
            self._enter(StationState.ASLEEP)
        elif idle >= self._idle_seconds - WARNING_SECONDS and not self._is_warned:
            self._is_warned = True
            self._on_change()

    def snapshot(self) -> dict[str, Any]:
        """The message to the pages: names of states, nothing of a person."""
        return {
            "state": self.state.value,
            "service": self.seen.service,
            "reader": self.seen.reader is not None,
            "card": self.seen.card,
            "version": self.version,
            "idle": self._is_warned,
        }

    def _enter(self, state: StationState, *, visit: Visit | None = None, fault: Notice | None = None) -> None:
        self.state, self.visit, self.fault = state, visit, fault
        self._is_warned = False
        self.changed()


def _state_of(seen: ReaderState) -> StationState:
    if not seen.service:
        return StationState.NO_SERVICE
    if seen.reader is None:
        return StationState.NO_READER
    return StationState.UNREAD if seen.card else StationState.EMPTY
