"""Does what a person typed agree with the register? Households of nationals, permits of foreigners (rules 3).

Nothing that the register leaves empty ever agrees: an empty secret is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from validators import arc_serial, household_number, neighbourhood
from validators.characters import BLANKS
from validators.name_keys import name_key, place_key

_VILLAGE_ENDS: Final = ("里", "村")
# What stands for a character that cannot be read: 〓 on our pages, the replacement character, private use.
_UNREADABLE: Final = frozenset("〓\ufffd")
_PRIVATE_USE: Final = range(0xE000, 0xF900)
# A card's name field has 20 bytes of Big5; of a pair cut in two the first byte is dropped.
_FULL_FIELD: Final = (19, 20)


class Agreement(StrEnum):
    """NAME_DIFFERS: all but the name agrees, which is refused and never counted as a wrong try."""

    AGREES = "agrees"
    NAME_DIFFERS = "name_differs"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """A person's name and household (戶口名簿), as typed or as the register has it."""

    name: str = field(repr=False)
    household_number: str = field(repr=False)
    county: str = field(repr=False)
    town: str = field(repr=False)
    village: str = field(repr=False)
    neighbourhood: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A resident's permit (居留證), as typed or in the register; a permanent one has no expiry date."""

    issue_date: date | None = field(repr=False)
    expiry_date: date | None = field(repr=False)
    serial: str = field(repr=False)


def compare_households(typed: Household, known: Household) -> Agreement:
    """Number, county, town, village and 鄰 must agree, then the name."""
    number = _number(known.household_number)
    agrees = (
        number != ""
        and _number(typed.household_number) == number
        and place_key(typed.county) == place_key(known.county)
        and place_key(typed.town) == place_key(known.town)
        and is_same_village(typed.village, known.village)
        and _neighbourhood(typed.neighbourhood) == _neighbourhood(known.neighbourhood)
    )
    if not agrees:
        return Agreement.DIFFERS
    return Agreement.AGREES if is_same_name(typed.name, known.name) else Agreement.NAME_DIFFERS


def compare_permits(typed: Permit, known: Permit) -> Agreement:
    """Issue date, expiry date (none: permanent) and the serial number on the back must agree."""
    serial = arc_serial.normalize(known.serial).value
    agrees = (
        serial != ""
        and known.issue_date is not None
        and arc_serial.normalize(typed.serial).value == serial
        and (typed.issue_date, typed.expiry_date) == (known.issue_date, known.expiry_date)
    )
    return Agreement.AGREES if agrees else Agreement.DIFFERS


def is_same_village(one: str, other: str) -> bool:
    """Whether two texts name one village; 里 or 村 behind it may be left out.

    >>> is_same_village("龍門", "龍門里"), is_same_village("中里", "中里里"), is_same_village("", "龍門里")
    (True, True, False)
    """
    return not _village_forms(one).isdisjoint(_village_forms(other))


def is_same_name(typed: str, known: str) -> bool:
    """Whether a typed name can be the known one: an unreadable character matches any, and one that fills a
    card's field of 20 bytes may be cut off.

    >>> is_same_name("林〓安", "林怡安"), is_same_name("林怡", "林怡安")
    (True, False)
    >>> is_same_name("lin yi-an", "LIN YI AN")
    True
    """
    one, other = name_key(typed), name_key(known)
    if not one or not other:
        return False
    if len(one) != len(other):
        shorter = min(len(one), len(other))
        if shorter != len(one) or not _fills_a_card(typed):
            return False
        other = other[:shorter]
    return all(a == b or _is_unreadable(a) or _is_unreadable(b) for a, b in zip(one, other, strict=True))


def _number(text: str) -> str:
    return household_number.normalize(text).value


def _neighbourhood(text: str) -> str:
    return neighbourhood.normalize(text).value


def _village_forms(text: str) -> set[str]:
    key = place_key(text)
    return {key, key[:-1]} if len(key) > 1 and key.endswith(_VILLAGE_ENDS) else {key}


def _is_unreadable(character: str) -> bool:
    return character in _UNREADABLE or ord(character) in _PRIVATE_USE


def _fills_a_card(name: str) -> bool:
    """Whether a name takes the 20 bytes that a card has for it: one an ASCII character, else two."""
    return sum(1 if character.isascii() else 2 for character in name.strip(BLANKS)) in _FULL_FIELD
