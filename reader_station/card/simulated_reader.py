"""A reader without hardware, service or pyscard: a tray of made-up cards to insert and remove."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reader_station.card.card_errors import CARD_ACCESS, CHIP_SILENT, CardFault
from reader_station.card.card_holder import CardHolder, parse_basic_data
from reader_station.card.made_up_holder import with_unreadable_character
from reader_station.card.nhi_applet import read_basic_data
from reader_station.card.reader import OnEvent, ReadCard, ReaderState
from reader_station.card.simulated_card import CardPulled, Profile, SimulatedCard

READER_NAME: Final = "模擬讀卡機 Simulated reader"
GIVES_UP_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class SampleCard:
    """One card of the tray: its label, also in English, its holder, and how it behaves."""

    label: str
    label_en: str
    holder: CardHolder
    profile: Profile


_SPECIAL: Final = (
    (Profile.NEWEST, "新版卡片", "newest card"),
    (Profile.PROFESSIONAL, "醫事人員卡(不是健保卡)", "health professional card (not an NHI card)"),
    (Profile.SHORT, "資料不完整", "incomplete data"),
    (Profile.SLOW, "讀取緩慢(3秒)", "slow card (3 s)"),
    (Profile.CUT, "讀取中被取出", "taken out while it is read"),
    (Profile.SWAPPED, "讀取中被調換", "swapped while it is read"),
    (Profile.MUTE, "晶片面朝下", "chip side down"),
)


def sample_tray(holders: Sequence[CardHolder]) -> tuple[SampleCard, ...]:
    """A good card for each holder, then the first holder's card with a rare name and in every faulty form."""
    good = (SampleCard(holder.masked_name, holder.masked_name, holder, Profile.GOOD) for holder in holders)
    first = holders[0]
    rare = SampleCard("罕用字姓名", "rare name", with_unreadable_character(first), Profile.GOOD)
    special = (SampleCard(label, label_en, first, profile) for profile, label, label_en in _SPECIAL)
    return (*good, rare, *special)


class SimulatedReader:
    """A `Reader` whose cards are inserted by `insert(n)` and removed by `remove()`, from any thread."""

    def __init__(self, holders: Sequence[CardHolder]) -> None:
        self.tray: Final = sample_tray(holders)
        self.inserted: SampleCard | None = None
        self._lock = threading.RLock()
        self._is_running = self._is_plugged_in = True
        self._insertions = 0
        self._state = self._present_state()
        self._on_event: OnEvent | None = None
        self._moved = threading.Event()

    @property
    def state(self) -> ReaderState:
        """The present state."""
        return self._state

    def start(self, on_event: OnEvent) -> None:
        """Report the present state, then every change."""
        with self._lock:
            self._on_event = on_event
            on_event(self._state)

    def stop(self) -> None:
        """Stop reporting."""
        with self._lock:
            self._on_event = None

    def insert(self, place: int) -> None:
        """Insert the tray's card at `place`; a card that is in is removed first.

        Raises:
            IndexError: the tray has no such place.
        """
        card = self.tray[place]
        with self._lock:
            self.remove()
            self.inserted = card
            self._report_move()

    def remove(self) -> None:
        """Remove the card; without one nothing happens."""
        with self._lock:
            if self.inserted is not None:
                self.inserted = None
                self._report_move()

    def plug(self, *, is_plugged_in: bool) -> None:
        """Connect the reader, or disconnect it with the card in it."""
        with self._lock:
            self._is_plugged_in = is_plugged_in
            if not is_plugged_in:
                self.inserted = None
            self._report_move()

    def serve(self, *, is_running: bool) -> None:
        """Start or stop the PC/SC service; a card in the reader stays there."""
        with self._lock:
            self._is_running = is_running
            self._report_move()

    def read(self) -> ReadCard:
        """Read the inserted card as a real reader would; a slow card blocks.

        Raises:
            CardFault: as `Reader.read`.
        """
        with self._lock:
            before, inserted = self._state, self.inserted
            self._moved.clear()
        if before.error is not None:
            raise CardFault(before.error, "simulated")
        if inserted is None or before.reader is None:
            raise CardFault(CARD_ACCESS, "simulated")
        card = SimulatedCard(inserted.holder, inserted.profile, wait=time.sleep, hang=self._wait_until_moved)
        if not card.atr:
            raise CardFault(CHIP_SILENT, "simulated")
        holder = self._holder_of(card)
        if self._state != before:
            raise CardFault(CARD_ACCESS, "moved while it was read")
        return ReadCard(before.reader, card.atr, holder, before.insertion)

    def _holder_of(self, card: SimulatedCard) -> CardHolder:
        try:
            return parse_basic_data(read_basic_data(card.answer, wait=time.sleep))
        except CardPulled:
            self.remove()
            if card.profile is Profile.SWAPPED:
                self.insert(min(1, len(self.tray) - 1))
            raise CardFault(CARD_ACCESS, "moved while it was read") from None

    def _wait_until_moved(self) -> None:
        self._moved.wait(GIVES_UP_SECONDS)

    def _report_move(self) -> None:
        """Something was moved: report the state under a new insertion number."""
        self._moved.set()
        self._insertions += 1
        self._state = self._present_state()
        if self._on_event is not None:
            self._on_event(self._state)

    def _present_state(self) -> ReaderState:
        if not self._is_running:
            return ReaderState(service=False)
        if not self._is_plugged_in:
            return ReaderState(service=True)
        return ReaderState(True, READER_NAME, self.inserted is not None, self._insertions)
