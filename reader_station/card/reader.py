"""What the station asks of a card reader, real or simulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from reader_station.card.card_errors import NO_CARD, NO_READER, SERVICE, CardError
from reader_station.card.card_holder import CardHolder


@dataclass(frozen=True, slots=True)
class ReaderState:
    """The present state: is the PC/SC service there, which reader, is a card in it.

    `insertion` grows with every insertion and removal. With the reader's name it identifies one insertion;
    what was read under another one is out of date. Without a reader it is 0.
    """

    service: bool
    reader: str | None = None
    card: bool = False
    insertion: int = 0

    @property
    def error(self) -> CardError | None:
        """Why no card can be read (7001, 7002 or 7004), or None."""
        if not self.service:
            return SERVICE
        if self.reader is None:
            return NO_READER
        return None if self.card else NO_CARD


@dataclass(frozen=True, slots=True)
class ReadCard:
    """One reading of a card: the reader, the chip's answer to reset, the holder, the insertion."""

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
    """A reader and the card in it. Events come in another thread, each with the whole state."""

    def start(self, on_event: OnEvent) -> None:
        """Begin to watch: `on_event` is called with the present state, then after every change."""

    def stop(self) -> None:
        """Stop watching; no event comes after the return."""

    def read(self) -> ReadCard:
        """Read the card in the reader; blocks for up to some seconds.

        Raises:
            CardFault: 7001 no service, 7002 no reader, 7003 reader in use, 7004 no card, 8006 not an NHI
                card, 8011 unreadable basic data, 8013 the card cannot be accessed or was removed.
        """
