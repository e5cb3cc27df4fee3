"""What the station asks of a card reader, real or simulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from reader_station.card.card_errors import NO_CARD, NO_READER, SERVICE, CardError
from reader_station.card.card_holder import CardHolder


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What is there now: the PC/SC service, a reader (its name), a card in it.

    `insertion` grows whenever a card goes in or out; with the reader's name it tells one insertion from every
    other, so what was read under another one is no longer true. Without a reader it is 0.
    """

    service: bool
    reader: str | None = None
    card: bool = False
    insertion: int = 0

    @property
    def error(self) -> CardError | None:
        """What keeps a card from being read: 7001, 7002, 7004, or None when one can be tried."""
        if not self.service:
            return SERVICE
        if self.reader is None:
            return NO_READER
        return None if self.card else NO_CARD


@dataclass(frozen=True, slots=True)
class ReadCard:
    """One reading of a card: where, the chip's answer to reset, whose card, and of which insertion."""

    reader: str
    atr: bytes
    holder: CardHolder
    insertion: int

    def is_same_card(self, other: ReadCard) -> bool:
        """Is this a reading of the same insertion of the same card?"""
        return (self.reader, self.insertion, self.holder.card_number) == (
            other.reader,
            other.insertion,
            other.holder.card_number,
        )


OnEvent = Callable[[ReaderState], None]


class Reader(Protocol):
    """A reader and the card in it. Events come from another thread, each with the whole state."""

    def start(self, on_event: OnEvent) -> None:
        """Begin to watch: `on_event` is called with the state there is, then whenever it has changed."""

    def stop(self) -> None:
        """Watch no longer; after the return no event comes any more."""

    def read(self) -> ReadCard:
        """Read the card now in the reader; blocks up to some seconds.

        Raises CardFault: 7001 no service, 7002 no reader, 7003 in use, 7004 no card, 8006 not an NHI card,
        8011 unreadable basic data, 8013 the card cannot be accessed or went away.
        """
