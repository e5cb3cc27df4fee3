"""The NHI card's applet, which gives its basic data to anybody without a PIN (docs/card.md 1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reader_station.card.apdu import Response, StatusWord, Transmit, send
from reader_station.card.card_errors import BASIC_DATA, NOT_AN_NHI_CARD, CardFault

# Sixteen bytes; with the seventeenth that public code has, cards answer 6A82.
AID: Final = bytes.fromhex("D1580000010000000000000000001100")
SELECT: Final = bytes.fromhex("00A4040010") + AID
GET_BASIC_DATA: Final = bytes.fromhex("00CA1100020000")  # as most readers send it, without a trailing Le
COLD_CARD_SECONDS: Final = 0.2

# How a card without this applet answers either command.
_REFUSALS: Final = (
    StatusWord.FILE_NOT_FOUND,
    StatusWord.INCORRECT_PARAMETERS,
    StatusWord.INSTRUCTION_NOT_SUPPORTED,
    StatusWord.CLASS_NOT_SUPPORTED,
    StatusWord.FUNCTION_NOT_SUPPORTED,
    StatusWord.REFERENCED_DATA_NOT_FOUND,
)


def read_basic_data(transmit: Transmit, *, wait: Callable[[float], None]) -> bytes:
    """The basic data of the card behind `transmit`.

    SELECT is best effort: the newest cards answer it with 6D00 and serve GET DATA all the same. The first
    read of a cold card may fail, so both are sent once more after a `wait` of 0.2 s.

    Raises:
        CardFault: 8006 for a card of another kind, 8011 for everything else.
    """
    selected, answer = _send_both(transmit)
    if not answer.is_ok:
        wait(COLD_CARD_SECONDS)
        selected, answer = _send_both(transmit)
    if answer.is_ok:
        return answer.data
    if selected.status in _REFUSALS and answer.status in _REFUSALS:
        raise CardFault(NOT_AN_NHI_CARD, f"SELECT {selected.status_text}, GET DATA {answer.status_text}")
    raise CardFault(BASIC_DATA, f"GET DATA {answer.status_text}")


def _send_both(transmit: Transmit) -> tuple[Response, Response]:
    return send(transmit, SELECT), send(transmit, GET_BASIC_DATA)
