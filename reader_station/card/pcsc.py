"""The real readers of this machine over PC/SC: which are there, and one reading of a card.

Connections are shared and leave the card powered, so that other programs keep theirs. There are no
transactions: in pcsc-lite one waits without end where a plain command reports that the reader is in use
(docs/card.md 5.1).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from smartcard import scard

from reader_station.card.card_errors import (
    CARD_ACCESS,
    CHIP_SILENT,
    NO_CARD,
    NO_READER,
    READER_IN_USE,
    SERVICE,
    CardError,
    CardFault,
)
from reader_station.card.card_holder import CardHolder, parse_basic_data
from reader_station.card.nhi_applet import read_basic_data
from reader_station.card.pcsc_codes import pcsc_fault
from reader_station.card.reader import ReadCard

# After this time pcscd knows that a card was moved: it polls drivers without events every 0.4 s.
POLL_SECONDS: Final = 0.45
IN_USE_SECONDS: Final = 0.3
# How often a reading is tried and the pause before the next try, by the error.
_TRIES: Final = {READER_IN_USE: (4, IN_USE_SECONDS), CARD_ACCESS: (2, POLL_SECONDS)}


@dataclass(frozen=True, slots=True)
class Slot:
    """One reader as PC/SC reports it: flags, a counter of insertions and removals in them, the card's ATR."""

    flags: int
    atr: bytes

    @property
    def has_card(self) -> bool:
        """Is a card in the reader, readable or not?"""
        return bool(self.flags & scard.SCARD_STATE_PRESENT)

    @property
    def counter(self) -> int:
        """Insertions and removals so far: the high word of the flags."""
        return self.flags >> 16 & 0xFFFF


def list_readers() -> list[str]:
    """Names of the connected readers, in PC/SC's order.

    Raises:
        CardFault: 7001 no service.
    """
    with open_context() as context:
        return reader_names(context)


def has_card(reader: str) -> bool:
    """Is a card in the reader of that name?

    Raises:
        CardFault: 7001 no service, 7002 no such reader.
    """
    with open_context() as context:
        return _slot_of(context, reader).has_card


def reader_with_card() -> str:
    """The name of the first reader with a card in it.

    Raises:
        CardFault: 7001 no service, 7002 no reader, 7004 no card.
    """
    names = list_readers()
    if not names:
        raise CardFault(NO_READER)
    for name in names:
        if has_card(name):
            return name
    raise CardFault(NO_CARD)


def read_card(reader: str) -> ReadCard:
    """Read the card in the reader of that name; `insertion` is PC/SC's counter for it.

    Blocks while the card works.

    Raises:
        CardFault: as `Reader.read`.
    """
    with open_context() as context:
        slot = _slot_of(context, reader)
        if not slot.has_card:
            raise CardFault(NO_CARD)
        holder = _with_retries(lambda: _read_holder(context, reader, slot))
        return ReadCard(reader, slot.atr, holder, slot.counter)


@contextmanager
def open_context() -> Iterator[int]:
    """A context of the PC/SC service, released at the end.

    Raises:
        CardFault: 7001 no service.
    """
    hresult, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    require(hresult, otherwise=SERVICE)
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)  # fails when the service is gone; then nothing is left to release


def reader_names(context: int) -> list[str]:
    """Names of the readers in a context; an empty list where there is none.

    Raises:
        CardFault: 7001 no service.
    """
    hresult, names = scard.SCardListReaders(context, [])
    fault = None if hresult == scard.SCARD_S_SUCCESS else pcsc_fault(hresult, otherwise=SERVICE)
    if fault and fault.error is not NO_READER:
        raise fault
    return list(names) if fault is None else []


def require(hresult: int, *, otherwise: CardError) -> None:
    """Refuse every return code but success; `otherwise` is the error of codes that no table knows.

    Raises:
        CardFault: the fault behind the code.
    """
    if hresult != scard.SCARD_S_SUCCESS:
        raise pcsc_fault(hresult, otherwise=otherwise)


def _slot_of(context: int, reader: str) -> Slot:
    unaware = [(reader, scard.SCARD_STATE_UNAWARE)]
    hresult, states = scard.SCardGetStatusChange(context, 0, unaware)
    require(hresult, otherwise=NO_READER)
    _, flags, atr = states[0]
    return Slot(flags, bytes(atr))


def _with_retries(attempt: Callable[[], CardHolder]) -> CardHolder:
    """Try again where a pause may help: the reader is in use, or another program has reset the card."""
    failures = 0
    while True:
        try:
            return attempt()
        except CardFault as fault:
            failures += 1
            tries, pause = _TRIES.get(fault.error, (1, 0.0))
            if failures >= tries:
                raise
            time.sleep(pause)


def _read_holder(context: int, reader: str, before: Slot) -> CardHolder:
    """One connection, one reading; a CardFault when the card was moved meanwhile."""
    _require_unmoved(context, reader, before)
    with _connected(context, reader) as transmit:
        data = read_basic_data(transmit, wait=time.sleep)
    _require_unmoved(context, reader, before)
    return parse_basic_data(data)


def _require_unmoved(context: int, reader: str, before: Slot) -> None:
    if _slot_of(context, reader).counter != before.counter:
        raise CardFault(CARD_ACCESS, "moved while it was read")


@contextmanager
def _connected(context: int, reader: str) -> Iterator[Callable[[bytes], bytes]]:
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    hresult, card, protocol = scard.SCardConnect(context, reader, scard.SCARD_SHARE_SHARED, protocols)
    require(hresult, otherwise=CHIP_SILENT)

    def transmit(command: bytes) -> bytes:
        hresult, answer = scard.SCardTransmit(card, protocol, list(command))
        require(hresult, otherwise=CARD_ACCESS)
        return bytes(byte & 0xFF for byte in answer)

    try:
        yield transmit
    finally:
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
