"""What a person copies from the household booklet (戶口名簿): the household number (戶號) and the 鄰.

The number stands at the top left of the booklet's cover: a letter and seven digits, given out by the
household registration office; no check digit rule is public.
"""

from __future__ import annotations

import re
from typing import Final

from validators.cell_text import Checked, Cleaned, clean, judged
from validators.codes import FieldCode
from validators.id_number import normalize as normalize_number

_NUMBER: Final = re.compile(r"[A-Z][0-9]{7}")
_NEIGHBOURHOOD: Final = re.compile(r"[0-9]{1,3}")


def validate_number(text: str) -> FieldCode | None:
    """The fault's code (MISSING, HOUSEHOLD_FORMAT), or None for a normalised number of the right shape.

    >>> validate_number("F1234567"), validate_number("1234567")
    (None, 'HOUSEHOLD_FORMAT')
    """
    if not text:
        return FieldCode.MISSING
    return None if _NUMBER.fullmatch(text) else FieldCode.HOUSEHOLD_FORMAT


def check_number(text: str) -> Checked:
    """Normalise (blanks, hyphens, full-width, lower case), then validate.

    >>> check_number(" ｆ123-4567 ").value
    'F1234567'
    """
    cleaned = normalize_number(text)
    number = Cleaned(cleaned.value.replace("-", ""), cleaned.repairs)
    return judged(number, validate_number(number.value))


def normalize_neighbourhood(text: str) -> str:
    """Digits without leading zeros and without 鄰; blank and 0 are the same: no neighbourhood.

    >>> [normalize_neighbourhood(text) for text in ("005", "５鄰", "0", " ")]
    ['5', '5', '', '']
    """
    return clean(text).value.removesuffix("鄰").strip().lstrip("0")


def validate_neighbourhood(text: str) -> FieldCode | None:
    """NEIGHBOURHOOD_FORMAT, or None for a normalised 鄰 of up to three digits or none."""
    return None if not text or _NEIGHBOURHOOD.fullmatch(text) else FieldCode.NEIGHBOURHOOD_FORMAT


def check_neighbourhood(text: str) -> Checked:
    """Normalise, then validate.

    >>> check_neighbourhood("012").value, check_neighbourhood("三").fault
    ('12', 'NEIGHBOURHOOD_FORMAT')
    """
    value = normalize_neighbourhood(text)
    return Checked(value, validate_neighbourhood(value))
