"""What the station knows at this moment: the reader's state and, while a card is in and read, one visit.

A visit belongs to one reader, one insertion and one card number. Everything a person typed hangs on it, so
that letting go of it forgets all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from pipeline.words import Notice
from reader_station.card.reader import ReadCard, ReaderState
from reader_station.wire import CardStatus, ConfirmationSent, Rejection, SentProof

IDLE_SECONDS: Final = 120.0  # a person walked away and left the card in
WARNING_SECONDS: Final = 30.0  # before that: the page asks whether somebody is still there


class State(StrEnum):
    """Where the station stands; the names travel to the page."""

    NO_SERVICE = "no_service"
    NO_READER = "no_reader"
    EMPTY = "empty"
    UNREAD = "unread"  # a card is in; the next form that asks reads it
    READING = "reading"
    READY = "ready"
    ASLEEP = "asleep"  # forgotten because nobody did anything; a click reads again
    ERROR = "error"


@dataclass(slots=True, kw_only=True, eq=False)
class Visit:
    """One person's card in the reader, and what was typed and answered since. Holds no password."""

    token: str = field(repr=False)
    card: ReadCard = field(repr=False)
    standing: CardStatus = field(repr=False)
    proof: SentProof | None = field(default=None, repr=False)
    typed: dict[str, str] = field(default_factory=dict, repr=False)
    is_identified: bool = False
    refusal: Rejection | None = field(default=None, repr=False)
    applied: ConfirmationSent | None = field(default=None, repr=False)
    notice: str = ""


class Session:
    """The state machine. No clock inside: `now` is a monotonic time in seconds."""

    def __init__(self, on_change: Callable[[], None], *, idle_seconds: float = IDLE_SECONDS) -> None:
        self.seen = ReaderState(service=False)
        self.state = State.NO_SERVICE
        self.fault: Notice | None = None
        self.visit: Visit | None = None
        self.version = 0
        self._on_change = on_change
        self._idle_seconds = idle_seconds
        self._last_act = 0.0
        self._is_warned = False

    def see(self, seen: ReaderState) -> None:
        """The reader's news. Whatever it is, what belonged to the card before is forgotten at once."""
        if seen == self.seen:
            return
        self.seen = seen
        self._become(_state_of(seen))

    def begin(self) -> ReaderState | None:
        """A reading begins; what it is a reading of, or None when there is no card."""
        if not self.seen.card:
            return None
        self._become(State.READING)
        return self.seen

    def finish(self, begun: ReaderState, visit: Visit, *, now: float) -> bool:
        """The reading is done; refused when another card came or it was taken out meanwhile."""
        if self.seen != begun:
            return False
        self._last_act = now
        self._become(State.READY, visit=visit)
        return True

    def fail(self, begun: ReaderState, fault: Notice) -> None:
        """The reading failed; without effect when the reader's state is another by now."""
        if self.seen == begun:
            self._become(State.ERROR, fault=fault)

    def forget(self) -> None:
        """Let go of the person; the card, if it is still in, counts as not read."""
        self._become(_state_of(self.seen))

    def changed(self) -> None:
        """The visit took a step: every open page looks again."""
        self.version += 1
        self._on_change()

    def touch(self, *, now: float) -> None:
        """Somebody is there."""
        self._last_act = now
        if self._is_warned:
            self._is_warned = False
            self._on_change()

    def tick(self, *, now: float) -> None:
        """Forget a person who did nothing for the idle time; warn the page before."""
        if self.visit is None:
            return
        idle = now - self._last_act
        if idle >= self._idle_seconds:
            self._become(State.ASLEEP)
        elif idle >= self._idle_seconds - WARNING_SECONDS and not self._is_warned:
            self._is_warned = True
            self._on_change()

    def snapshot(self) -> dict[str, Any]:
        """What a page is told: names of states, nothing of a person."""
        return {
            "state": self.state.value,
            "service": self.seen.service,
            "reader": self.seen.reader is not None,
            "card": self.seen.card,
            "version": self.version,
            "idle": self._is_warned,
        }

    def _become(self, state: State, *, visit: Visit | None = None, fault: Notice | None = None) -> None:
        self.state, self.visit, self.fault = state, visit, fault
        self._is_warned = False
        self.changed()


def _state_of(seen: ReaderState) -> State:
    if not seen.service:
        return State.NO_SERVICE
    if seen.reader is None:
        return State.NO_READER
    return State.UNREAD if seen.card else State.EMPTY
