"""The NHI card's applet: its basic data, given to anybody without a PIN (facts: smartcard 3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reader_station.card.apdu import Response, StatusWord, Transmit, send
from reader_station.card.card_errors import BASIC_DATA, NOT_AN_NHI_CARD, CardFault

# Sixteen bytes; a seventeenth zero seen in public code makes cards answer 6A82.
AID: Final = bytes.fromhex("D1580000010000000000000000001100")
SELECT: Final = bytes.fromhex("00A4040010") + AID
GET_BASIC_DATA: Final = bytes.fromhex("00CA1100020000")  # as most readers send it, without a trailing Le
COLD_CARD_SECONDS: Final = 0.2

# What a card without this applet says to either command.
_REFUSALS: Final = (
    StatusWord.NOT_FOUND,
    StatusWord.WRONG_PARAMETERS,
    StatusWord.UNKNOWN_INSTRUCTION,
    StatusWord.UNKNOWN_CLASS,
    StatusWord.NOT_SUPPORTED,
    StatusWord.NO_SUCH_DATA,
)


def read_basic_data(transmit: Transmit, *, wait: Callable[[float], None]) -> bytes:
    """The basic data of the card behind `transmit`; raises CardFault 8006 for another card, 8011 else.

    SELECT is best effort: the newest cards answer it with 6D00 and serve GET DATA all the same. A first read
    of a cold card may fail, so all is tried once more after a `wait` of 0.2 s.
    """
    selected, answer = _try(transmit)
    if not answer.is_ok:
        wait(COLD_CARD_SECONDS)
        selected, answer = _try(transmit)
    if answer.is_ok:
        return answer.data
    if selected.status in _REFUSALS and answer.status in _REFUSALS:
        raise CardFault(NOT_AN_NHI_CARD, f"SELECT {selected.status_text}, GET DATA {answer.status_text}")
    raise CardFault(BASIC_DATA, f"GET DATA {answer.status_text}")


def _try(transmit: Transmit) -> tuple[Response, Response]:
    return send(transmit, SELECT), send(transmit, GET_BASIC_DATA)
