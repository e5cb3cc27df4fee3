"""What PC/SC's return codes mean for the person at the reader (docs/card.md 5); without pyscard."""

from __future__ import annotations

from typing import Final

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

# pyscard gives the codes signed on some platforms.
_UNSIGNED: Final = 0xFFFF_FFFF

PCSC_CODES: Final[dict[int, tuple[str, CardError]]] = {
    0x8010_0003: ("SCARD_E_INVALID_HANDLE", SERVICE),  # of a service that was restarted meanwhile
    0x8010_0013: ("SCARD_F_COMM_ERROR", SERVICE),  # the service ended during the call
    0x8010_001D: ("SCARD_E_NO_SERVICE", SERVICE),
    0x8010_001E: ("SCARD_E_SERVICE_STOPPED", SERVICE),  # Windows stops it with the last reader
    0x8010_006A: ("SCARD_W_SECURITY_VIOLATION", SERVICE),  # polkit refuses, or the service ended at once
    0x8010_0009: ("SCARD_E_UNKNOWN_READER", NO_READER),
    0x8010_0017: ("SCARD_E_READER_UNAVAILABLE", NO_READER),
    0x8010_002E: ("SCARD_E_NO_READERS_AVAILABLE", NO_READER),
    0x8010_000B: ("SCARD_E_SHARING_VIOLATION", READER_IN_USE),
    0x8010_000C: ("SCARD_E_NO_SMARTCARD", NO_CARD),
    0x8010_0016: ("SCARD_E_NOT_TRANSACTED", CARD_ACCESS),
    0x8010_002F: ("SCARD_E_COMM_DATA_LOST", CARD_ACCESS),
    0x8010_0068: ("SCARD_W_RESET_CARD", CARD_ACCESS),
    0x8010_0069: ("SCARD_W_REMOVED_CARD", CARD_ACCESS),
    0x8010_000F: ("SCARD_E_PROTO_MISMATCH", CHIP_SILENT),
    0x8010_0065: ("SCARD_W_UNSUPPORTED_CARD", CHIP_SILENT),
    0x8010_0066: ("SCARD_W_UNRESPONSIVE_CARD", CHIP_SILENT),
    0x8010_0067: ("SCARD_W_UNPOWERED_CARD", CHIP_SILENT),
}


def pcsc_fault(hresult: int, *, otherwise: CardError) -> CardFault:
    """The fault behind a return code; `otherwise` is the error of codes that the table does not know.

    >>> pcsc_fault(-2146435060, otherwise=SERVICE)
    CardFault('7004 (SCARD_E_NO_SMARTCARD)')
    """
    code = hresult & _UNSIGNED
    name, error = PCSC_CODES.get(code, (f"{code:08X}", otherwise))
    return CardFault(error, name)
