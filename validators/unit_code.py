"""Code of an insured unit (投保單位代號): nine digits, given out by the insurance administration.

No check digit rule is public; the register of units says whether a code exists.
"""

from __future__ import annotations

import re
from typing import Final

from validators.cell_text import Checked, judged
from validators.cell_text import clean_number as normalize
from validators.codes import FieldCode

__all__ = ["check", "fault", "is_valid", "normalize"]

LENGTH: Final = 9

_SHAPE: Final = re.compile(rf"[0-9]{{{LENGTH}}}")


def fault(text: str) -> FieldCode | None:
    """Returns MISSING, UNIT_CODE_FORMAT, or None for nine ASCII digits."""
    if not text:
        return FieldCode.MISSING
    return None if _SHAPE.fullmatch(text) else FieldCode.UNIT_CODE_FORMAT


def check(text: str) -> Checked:
    """Normalise, then judge."""
    cleaned = normalize(text)
    return judged(cleaned, fault(cleaned.value))


def is_valid(text: str) -> bool:
    """Whether the text, as it is, has no fault.

    >>> is_valid("110000001"), is_valid("11000000"), is_valid("１１００００００１")
    (True, False, False)
    """
    return fault(text) is None
