"""Number of an NHI card (健保卡卡號): twelve digits, given out by the insurer.

It starts with zeros, so it is kept as text. No check digit rule is public; the register says which number is
a person's valid one.
"""

from __future__ import annotations

import re
from typing import Final

from validators.cell_text import Checked, judged
from validators.cell_text import clean_number as normalize
from validators.codes import FieldCode

__all__ = ["check", "fault", "is_valid", "normalize"]

_SHAPE: Final = re.compile(r"[0-9]{12}")


def fault(text: str) -> FieldCode | None:
    """Returns MISSING, CARD_NUMBER_FORMAT, or None for twelve ASCII digits."""
    if not text:
        return FieldCode.MISSING
    return None if _SHAPE.fullmatch(text) else FieldCode.CARD_NUMBER_FORMAT


def check(text: str) -> Checked:
    """Normalise, then judge."""
    cleaned = normalize(text)
    return judged(cleaned, fault(cleaned.value))


def is_valid(text: str) -> bool:
    """Whether the text, as it is, has no fault.

    >>> is_valid("000070000013"), is_valid("70000013"), is_valid("００００７０００００1")
    (True, False, False)
    """
    return fault(text) is None
