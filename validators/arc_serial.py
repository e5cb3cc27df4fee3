"""Serial number on the back of a resident's permit (居留證背面流水號): letters and digits.

Given out by the National Immigration Agency; its rule is not public, so only the shape is judged.
"""

from __future__ import annotations

import re
from typing import Final

from validators.cell_text import Checked, Cleaned, clean_number, judged
from validators.codes import FieldCode

_SHAPE: Final = re.compile(r"[A-Z0-9]{6,12}")


def normalize(text: str) -> Cleaned:
    """Drop blanks and hyphens, fold full-width forms, raise to upper case.

    Repairs: spaces, full_width, quotes, lower_case; hyphens go silently.

    >>> normalize("ab-1234 5678").value
    'AB12345678'
    """
    cleaned = clean_number(text)
    return Cleaned(cleaned.value.replace("-", ""), cleaned.repairs)


def fault(text: str) -> FieldCode | None:
    """Returns MISSING, SERIAL_FORMAT, or None for a normalised serial number of the right shape.

    >>> fault("AB12345678"), fault("AB1"), fault("")
    (None, 'SERIAL_FORMAT', 'MISSING')
    """
    if not text:
        return FieldCode.MISSING
    return None if _SHAPE.fullmatch(text) else FieldCode.SERIAL_FORMAT


def check(text: str) -> Checked:
    """Normalise, then judge."""
    cleaned = normalize(text)
    return judged(cleaned, fault(cleaned.value))
