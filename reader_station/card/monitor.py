"""A thread that watches all readers and reports changes; it survives a restart of the PC/SC service.

pyscard's own CardMonitor ends for good when the service restarts, and Windows stops the service with the last
reader (docs/card.md 5.1).
"""

from __future__ import annotations

import threading
from typing import Final

from smartcard import scard

from reader_station.card.card_errors import NO_READER, SERVICE, CardFault
from reader_station.card.pcsc import Slot, open_context, reader_names
from reader_station.card.pcsc_codes import pcsc_fault
from reader_station.card.reader import OnEvent, ReaderState

BACK_OFF_SECONDS: Final = 0.5
WAIT_MILLISECONDS: Final = 1000  # then the readers are listed again: not every system reports new ones
STOP_SECONDS: Final = 5.0
_NEW_READERS: Final = "\\\\?PnP?\\Notification"
_NO_FAULT: Final = (scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED)


class CardMonitor:
    """Watches from `start` to `stop`; `on_event` is called in its thread, at first and after every change.

    Of several readers with a card it shows the one whose card was inserted last: another card may stay in its
    reader all day. Insertion numbers never repeat, even when a restarted service counts from the beginning.
    """

    def __init__(self, on_event: OnEvent) -> None:
        self._on_event = on_event
        self._state: ReaderState | None = None
        self._context: int | None = None
        self._service_starts = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run_until_stopped, name="card monitor", daemon=True)

    @property
    def state(self) -> ReaderState:
        """The last state that was seen; no service before the first look."""
        return self._state or ReaderState(service=False)

    def start(self) -> None:
        """Begin to watch; a monitor can be started once."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; no event comes after the return."""
        self._stopping.set()
        context = self._context
        if context is not None:
            scard.SCardCancel(context)
        if self._thread is not threading.current_thread():
            self._thread.join(STOP_SECONDS)

    def insertion(self, counter: int) -> int:
        """The insertion number for PC/SC's counter in the service that runs now."""
        return self._service_starts << 16 | counter

    def _run_until_stopped(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
            except CardFault:
                self._report(ReaderState(service=False))
                self._stopping.wait(BACK_OFF_SECONDS)

    def _watch(self) -> None:
        """Watch until `stop`.

        Raises:
            CardFault: the service is not there any more.
        """
        with open_context() as context:
            self._service_starts += 1
            self._context = context
            try:
                self._watch_readers(context)
            finally:
                self._context = None

    def _watch_readers(self, context: int) -> None:
        slots: dict[str, Slot] = {}
        pnp_state = 0
        while not self._stopping.is_set():
            names = reader_names(context)
            new = {name: _UNSEEN for name in names if name not in slots}
            slots = {name: slot for name, slot in slots.items() if name in names} | new
            if _UNSEEN not in slots.values():
                self._report(self._newest(names, slots))
            found, pnp_state = _wait_for_change(context, slots, pnp_state)
            # The reader that changed last stands last: a dictionary keeps the order of its keys.
            moved = {name for name in found if found[name].counter != slots.get(name, _UNSEEN).counter}
            slots = {name: found[name] for name in sorted(found, key=lambda name: name in moved)}

    def _newest(self, names: list[str], slots: dict[str, Slot]) -> ReaderState:
        if not names:
            return ReaderState(service=True)
        with_card = [name for name, slot in slots.items() if slot.has_card]
        name = with_card[-1] if with_card else names[0]
        return ReaderState(True, name, bool(with_card), self.insertion(slots[name].counter))

    def _report(self, state: ReaderState) -> None:
        if state != self._state and not self._stopping.is_set():
            self._state = state
            self._on_event(state)


_UNSEEN: Final = Slot(scard.SCARD_STATE_UNAWARE, b"")


def _wait_for_change(context: int, slots: dict[str, Slot], pnp_state: int) -> tuple[dict[str, Slot], int]:
    """Wait for a change. Returns the slots then, and the state of the pseudo reader for new readers."""
    asked = [(name, slot.flags) for name, slot in slots.items()]
    hresult, states = scard.SCardGetStatusChange(
        context, WAIT_MILLISECONDS, [*asked, (_NEW_READERS, pnp_state)]
    )
    fault = None if hresult in _NO_FAULT else pcsc_fault(hresult, otherwise=SERVICE)
    if fault is not None and fault.error is not NO_READER:
        raise fault
    if hresult != scard.SCARD_S_SUCCESS:
        return ({} if fault else slots), pnp_state
    seen = {name: Slot(flags & ~scard.SCARD_STATE_CHANGED, bytes(atr)) for name, flags, atr in states}
    pnp_state = seen.pop(_NEW_READERS, _UNSEEN).flags
    return seen, pnp_state
