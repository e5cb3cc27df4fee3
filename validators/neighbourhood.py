"""Neighbourhood of a household (鄰): the smallest part of an address, up to three digits or none."""

from __future__ import annotations

import re
from typing import Final

from validators.cell_text import Checked, Cleaned, clean, judged
from validators.codes import FieldCode

_SHAPE: Final = re.compile(r"[0-9]{1,3}")


def normalize(text: str) -> Cleaned:
    """Drop blanks, leading zeros and 鄰; blank and 0 are the same: no neighbourhood.

    Repairs: spaces, full_width, quotes; zeros and 鄰 go silently.

    >>> [normalize(text).value for text in ("005", "５鄰", "0", " ")]
    ['5', '5', '', '']
    """
    cleaned = clean(text)
    return Cleaned(cleaned.value.removesuffix("鄰").strip().lstrip("0"), cleaned.repairs)


def fault(text: str) -> FieldCode | None:
    """Returns NEIGHBOURHOOD_FORMAT, or None for a normalised number of up to three digits and for none.

    >>> fault("12"), fault(""), fault("三")
    (None, None, 'NEIGHBOURHOOD_FORMAT')
    """
    return None if not text or _SHAPE.fullmatch(text) else FieldCode.NEIGHBOURHOOD_FORMAT


def check(text: str) -> Checked:
    """Normalise, then judge.

    >>> check("012").value, check("三").fault
    ('12', 'NEIGHBOURHOOD_FORMAT')
    """
    cleaned = normalize(text)
    return judged(cleaned, fault(cleaned.value))
