"""The `Reader` over PC/SC: a monitor reports changes, one thread at a time reads, within a time limit."""

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
    """The readers of this machine as one `Reader`."""

    def __init__(self, *, read_seconds: float = READ_SECONDS) -> None:
        self._read_seconds = read_seconds
        self._monitor: CardMonitor | None = None
        self._one_reading = threading.Lock()

    def start(self, on_event: OnEvent) -> None:
        """Begin to watch; allowed again after `stop`."""
        self._monitor = CardMonitor(on_event)
        self._monitor.start()

    def stop(self) -> None:
        """Stop watching."""
        if self._monitor is not None:
            self._monitor.stop()

    def read(self) -> ReadCard:
        """Read the card that the last event showed.

        Raises:
            CardFault: as `Reader.read`; 8013 also when the card does not answer in time.
        """
        monitor = self._monitor
        state = monitor.state if monitor is not None else ReaderState(service=False)
        if state.error is not None:
            raise CardFault(state.error)
        if monitor is None or state.reader is None:
            raise CardFault(CHIP_SILENT)
        if not self._one_reading.acquire(timeout=self._read_seconds):
            raise CardFault(CHIP_SILENT, "an earlier reading still waits")
        card = read_in_time(state.reader, seconds=self._read_seconds, on_end=self._one_reading.release)
        return replace(card, insertion=monitor.insertion(card.insertion))


def read_in_time(
    reader: str, *, seconds: float = READ_SECONDS, on_end: Callable[[], None] | None = None
) -> ReadCard:
    """`read_card` with a time limit.

    A call into PC/SC cannot be cancelled: its thread lives on until the card is removed, and
    calls `on_end` then.

    Raises:
        CardFault: as `read_card`; 8013 after `seconds`.
    """
    reading: Future[ReadCard] = Future()
    threading.Thread(
        target=_read_into, args=(reading, reader, on_end), name="card reading", daemon=True
    ).start()
    try:
        return reading.result(seconds)
    except TimeoutError:
        raise CardFault(CHIP_SILENT, f"no answer in {seconds:g} s") from None


def _read_into(reading: Future[ReadCard], reader: str, on_end: Callable[[], None] | None) -> None:
    try:
        reading.set_result(read_card(reader))
    except BaseException as error:  # passed on to the waiting thread
        reading.set_exception(error)
    finally:
        if on_end is not None:
            on_end()
