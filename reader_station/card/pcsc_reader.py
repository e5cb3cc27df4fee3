"""The `Reader` over PC/SC: the monitor tells, one thread at a time reads, no card keeps anybody waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Final

from reader_station.card.card_errors import CHIP_SILENT, CardFault
from reader_station.card.monitor import CardMonitor
from reader_station.card.pcsc import read_card
from reader_station.card.reader import OnEvent, ReadCard, ReaderState

READ_SECONDS: Final = 10.0


class PcscReader:
    """Satisfies `Reader` with the readers of this machine."""

    def __init__(self, *, read_seconds: float = READ_SECONDS) -> None:
        self._read_seconds = read_seconds
        self._monitor: CardMonitor | None = None
        self._turn = threading.Lock()

    def start(self, on_event: OnEvent) -> None:
        """Begin to watch; may follow a `stop`."""
        self._monitor = CardMonitor(on_event)
        self._monitor.start()

    def stop(self) -> None:
        """Watch no longer."""
        if self._monitor is not None:
            self._monitor.stop()

    def read(self) -> ReadCard:
        """Read the card that the last event showed. Raises CardFault, 8013 when the card never answers."""
        monitor = self._monitor
        state = monitor.state if monitor is not None else ReaderState(service=False)
        if state.error is not None:
            raise CardFault(state.error)
        if monitor is None or state.reader is None:
            raise CardFault(CHIP_SILENT)
        if not self._turn.acquire(timeout=self._read_seconds):
            raise CardFault(CHIP_SILENT, "an earlier reading still waits")
        card = read_in_time(state.reader, seconds=self._read_seconds, on_end=self._turn.release)
        return replace(card, insertion=monitor.insertion(card.insertion))


def read_in_time(
    reader: str, *, seconds: float = READ_SECONDS, on_end: Callable[[], None] | None = None
) -> ReadCard:
    """`read_card` that gives up (8013) after a time.

    A call into PC/SC cannot be cancelled: its thread lives on until the card goes. Then `on_end` is called.
    """
    reading: Future[ReadCard] = Future()
    threading.Thread(target=_work, args=(reading, reader, on_end), name="card reading", daemon=True).start()
    try:
        return reading.result(seconds)
    except TimeoutError:
        raise CardFault(CHIP_SILENT, f"no answer in {seconds:g} s") from None


def _work(reading: Future[ReadCard], reader: str, on_end: Callable[[], None] | None) -> None:
    try:
        reading.set_result(read_card(reader))
    except BaseException as error:  # handed to who waits
        reading.set_exception(error)
    finally:
        if on_end is not None:
            on_end()
