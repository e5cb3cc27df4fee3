"""The real readers of this machine, over PC/SC: who is there, and one reading of a card.

Connections are shared and leave the card powered: other programs keep theirs. No transactions: pcsc-lite
lets one wait for ever where a plain command says that the reader is in use.
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

# After this pcscd knows that a card was moved: it asks drivers without events every 0.4 s.
POLL_SECONDS: Final = 0.45
IN_USE_SECONDS: Final = 0.3
# How often a reading is tried, by what went wrong, and the pause before the next try.
_TRIES: Final = {READER_IN_USE: (4, IN_USE_SECONDS), CARD_ACCESS: (2, POLL_SECONDS)}


@dataclass(frozen=True, slots=True)
class Slot:
    """What PC/SC says of one reader: its flags, its counter of cards put in and taken out, the card's ATR."""

    flags: int
    atr: bytes

    @property
    def has_card(self) -> bool:
        """Is a card in, readable or not?"""
        return bool(self.flags & scard.SCARD_STATE_PRESENT)

    @property
    def counter(self) -> int:
        """Events so far: the high word (PC/SC's own number for one insertion)."""
        return self.flags >> 16 & 0xFFFF


def list_readers() -> list[str]:
    """Names of the readers that are plugged in, in PC/SC's order; raises CardFault 7001."""
    with open_context() as context:
        return reader_names(context)


def has_card(reader: str) -> bool:
    """Is a card in the reader of that name? Raises CardFault 7001, 7002."""
    with open_context() as context:
        return _look(context, reader).has_card


def reader_with_card() -> str:
    """The first reader with a card in it; raises CardFault 7001, 7002, 7004."""
    names = list_readers()
    if not names:
        raise CardFault(NO_READER)
    for name in names:
        if has_card(name):
            return name
    raise CardFault(NO_CARD)


def read_card(reader: str) -> ReadCard:
    """Read the card in the reader of that name; `insertion` is PC/SC's counter for it.

    Blocks while the card works. Raises CardFault (see `Reader.read`).
    """
    with open_context() as context:
        slot = _look(context, reader)
        if not slot.has_card:
            raise CardFault(NO_CARD)
        holder = _tried(lambda: _holder(context, reader, slot))
        return ReadCard(reader, slot.atr, holder, slot.counter)


@contextmanager
def open_context() -> Iterator[int]:
    """A context of the PC/SC service, released at the end; raises CardFault 7001."""
    hresult, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    require(hresult, otherwise=SERVICE)
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)  # may fail when the service is gone: nothing is left to release


def reader_names(context: int) -> list[str]:
    """The readers that this context sees; none is no fault."""
    hresult, names = scard.SCardListReaders(context, [])
    fault = None if hresult == scard.SCARD_S_SUCCESS else pcsc_fault(hresult, otherwise=SERVICE)
    if fault and fault.error is not NO_READER:
        raise fault
    return list(names) if fault is None else []


def require(hresult: int, *, otherwise: CardError) -> None:
    """Raise the CardFault behind a return code that is not success."""
    if hresult != scard.SCARD_S_SUCCESS:
        raise pcsc_fault(hresult, otherwise=otherwise)


def _look(context: int, reader: str) -> Slot:
    unaware = [(reader, scard.SCARD_STATE_UNAWARE)]
    hresult, states = scard.SCardGetStatusChange(context, 0, unaware)
    require(hresult, otherwise=NO_READER)
    _, flags, atr = states[0]
    return Slot(flags, bytes(atr))


def _tried(attempt: Callable[[], CardHolder]) -> CardHolder:
    """Try again where a pause may help: the reader is in use, or the card was reset under our hands."""
    done = 0
    while True:
        try:
            return attempt()
        except CardFault as fault:
            done += 1
            tries, pause = _TRIES.get(fault.error, (1, 0.0))
            if done >= tries:
                raise
            time.sleep(pause)


def _holder(context: int, reader: str, before: Slot) -> CardHolder:
    """One connection, one reading; refused when the card was moved meanwhile."""
    _require_unmoved(context, reader, before)
    with _connected(context, reader) as transmit:
        data = read_basic_data(transmit, wait=time.sleep)
    _require_unmoved(context, reader, before)
    return parse_basic_data(data)


def _require_unmoved(context: int, reader: str, before: Slot) -> None:
    if _look(context, reader).counter != before.counter:
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
