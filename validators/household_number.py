"""Household number (戶號): a letter and seven digits, at the top left of the household booklet (戶口名簿).

Given out by the household registration office; no check digit rule is public.
"""

from __future__ import annotations

import re
from typing import Final

from validators.cell_text import Checked, Cleaned, clean_number, judged
from validators.codes import FieldCode

_SHAPE: Final = re.compile(r"[A-Z][0-9]{7}")


def normalize(text: str) -> Cleaned:
    """Drop blanks and hyphens, fold full-width forms, raise to upper case.

    Repairs: spaces, full_width, quotes, lower_case; hyphens go silently.

    >>> normalize(" ｆ123-4567 ").value
    'F1234567'
    """
    cleaned = clean_number(text)
    return Cleaned(cleaned.value.replace("-", ""), cleaned.repairs)


def fault(text: str) -> FieldCode | None:
    """Returns MISSING, HOUSEHOLD_FORMAT, or None for a normalised number of the right shape.

    >>> fault("F1234567"), fault("1234567")
    (None, 'HOUSEHOLD_FORMAT')
    """
    if not text:
        return FieldCode.MISSING
    return None if _SHAPE.fullmatch(text) else FieldCode.HOUSEHOLD_FORMAT


def check(text: str) -> Checked:
    """Normalise, then judge."""
    cleaned = normalize(text)
    return judged(cleaned, fault(cleaned.value))
