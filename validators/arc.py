"""The serial number on the back of a resident's permit (居留證背面流水號): letters and digits.

Given out by the National Immigration Agency; its rule is not public, so only the shape is judged.
"""

from __future__ import annotations

import re
from typing import Final

from validators.cell_text import Checked, Cleaned, judged
from validators.codes import FieldCode
from validators.id_number import normalize as normalize_number

_SHAPE: Final = re.compile(r"[A-Z0-9]{6,12}")


def normalize(text: str) -> Cleaned:
    """Without blanks and hyphens, half-width, in upper case.

    >>> normalize("ab-1234 5678").value
    'AB12345678'
    """
    cleaned = normalize_number(text)
    return Cleaned(cleaned.value.replace("-", ""), cleaned.repairs)


def validate(text: str) -> FieldCode | None:
    """The fault's code (MISSING, SERIAL_FORMAT), or None.

    >>> validate("AB12345678"), validate("AB1"), validate("")
    (None, 'SERIAL_FORMAT', 'MISSING')
    """
    if not text:
        return FieldCode.MISSING
    return None if _SHAPE.fullmatch(text) else FieldCode.SERIAL_FORMAT


def check(text: str) -> Checked:
    """Normalise, then validate."""
    cleaned = normalize(text)
    return judged(cleaned, validate(cleaned.value))
