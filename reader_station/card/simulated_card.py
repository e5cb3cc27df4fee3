"""A made-up chip card that answers as real cards do, good and faulty ones; bytes in, bytes out.

The simulated reader calls it in memory; the virtual card of the tests puts it behind a real pcscd.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from reader_station.card.apdu import StatusWord
from reader_station.card.card_holder import BASIC_DATA_BYTES, CardHolder
from reader_station.card.made_up_holder import write_basic_data
from reader_station.card.nhi_applet import AID, GET_BASIC_DATA

SLOW_SECONDS: Final = 3.0

# Answers to reset of real cards, all T=1 (docs/card.md 5.2).
NEWEST_ATR: Final = bytes.fromhex("3BFD1800008131FE45534C4A35324778787979797A52AA")
USUAL_ATR: Final = bytes.fromhex("3BFD1300008131FE454A434F50323176323331474454E1")
PROFESSIONAL_ATR: Final = bytes.fromhex("3BF91800008131FE4550565F4A3244303831B6")

_SELECT_FORMS: Final = (
    bytes.fromhex("00A4040010") + AID,
    bytes.fromhex("00A404000F") + AID,  # some readers send fifteen bytes and the last zero as Le
)
_GET_FORMS: Final = (GET_BASIC_DATA, GET_BASIC_DATA + b"\0")
_GET_RESPONSE: Final = 0xC0
_PART_BYTES: Final = 32


class Profile(StrEnum):
    """How a made-up card behaves."""

    GOOD = "good"
    NEWEST = "newest"  # answers SELECT with 6D00 and serves the data all the same
    IN_PARTS = "in_parts"  # 61xx: the rest is sent on request
    COLD = "cold"  # its first answer fails
    PROFESSIONAL = "professional"  # a health professional's card, without this applet
    SHORT = "short"  # fewer bytes than the data need
    SLOW = "slow"  # three seconds for the data
    CUT = "cut"  # removed during the reading
    SWAPPED = "swapped"  # removed during the reading, another card inserted at once
    MUTE = "mute"  # chip side down: no answer to reset
    HUNG = "hung"  # stops answering until it is removed


class CardPulled(Exception):
    """The card was removed during a command."""


class SimulatedCard:
    """One card while it has power. `wait` is called where it is slow, `hang` where it never answers."""

    def __init__(
        self,
        holder: CardHolder,
        profile: Profile = Profile.GOOD,
        *,
        wait: Callable[[float], object],
        hang: Callable[[], object],
    ) -> None:
        self.holder = holder
        self.profile = profile
        self._wait, self._hang = wait, hang
        self.reset()

    @property
    def atr(self) -> bytes:
        """The answer to reset; empty for a mute card."""
        if self.profile is Profile.MUTE:
            return b""
        special = {Profile.PROFESSIONAL: PROFESSIONAL_ATR, Profile.NEWEST: NEWEST_ATR}
        return special.get(self.profile, USUAL_ATR)

    def reset(self) -> None:
        """Power off and on: no applet is selected."""
        self._is_selected = self.profile is Profile.NEWEST
        self._asked = 0
        self._rest = b""

    def answer(self, command: bytes) -> bytes:
        """Data and status word for one command.

        Raises:
            CardPulled: the card is one that is removed now.
        """
        if command in _SELECT_FORMS:
            return self._select()
        if command in _GET_FORMS:
            return self._get_data()
        if len(command) > 1 and command[1] == _GET_RESPONSE:
            return self._next_part()
        return _status_bytes(StatusWord.INSTRUCTION_NOT_SUPPORTED)

    def _select(self) -> bytes:
        if self.profile is Profile.PROFESSIONAL:
            return _status_bytes(StatusWord.FILE_NOT_FOUND)
        if self.profile is Profile.NEWEST:
            return _status_bytes(StatusWord.INSTRUCTION_NOT_SUPPORTED)
        self._is_selected = True
        return _status_bytes(StatusWord.OK)

    def _get_data(self) -> bytes:
        self._asked += 1
        if self.profile is Profile.PROFESSIONAL:
            return _status_bytes(StatusWord.INCORRECT_PARAMETERS)
        if not self._is_selected or (self.profile is Profile.COLD and self._asked == 1):
            return _status_bytes(StatusWord.CONDITIONS_NOT_SATISFIED)
        return self._send_data(write_basic_data(self.holder))

    def _send_data(self, data: bytes) -> bytes:
        match self.profile:
            case Profile.CUT | Profile.SWAPPED:
                raise CardPulled
            case Profile.SHORT:
                data = data[: BASIC_DATA_BYTES - 1]
            case Profile.SLOW:
                self._wait(SLOW_SECONDS)
            case Profile.HUNG:
                self._hang()
                raise CardPulled
            case Profile.IN_PARTS:
                self._rest = data
                return _status_bytes(0x6100 | min(_PART_BYTES, len(data)))
        return data + _status_bytes(StatusWord.OK)

    def _next_part(self) -> bytes:
        part, self._rest = self._rest[:_PART_BYTES], self._rest[_PART_BYTES:]
        return part + _status_bytes(
            0x6100 | min(_PART_BYTES, len(self._rest)) if self._rest else StatusWord.OK
        )


def _status_bytes(word: int) -> bytes:
    return word.to_bytes(2, "big")
