"""National ID number (國民身分證統一編號): a letter, 1 or 2, seven digits, a check digit.

Given out by the household registration offices. The letter is the place of first registration (L, R, S and
Y are no longer given out and stay valid), the second character the sex (1 male, 2 female). The check digit is
the public rule of the Ministry of the Interior, as in the insurance administration's own web check.
"""

from __future__ import annotations

import re
from typing import Final

from validators.cell_text import Checked, judged
from validators.cell_text import clean_number as normalize
from validators.codes import CellCode
from validators.id_number import check_digit_fits

__all__ = ["check", "fault", "normalize"]

# [0-9], never \d: that also matches the digits of other scripts.
_SHAPE: Final = re.compile(r"[A-Z][12][0-9]{8}")


def fault(text: str) -> CellCode | None:
    """Returns ID_MISSING, ID_FORMAT, ID_CHECK_DIGIT, or None for a good number.

    >>> fault("A123456789")
    >>> fault("A123456788")
    'ID_CHECK_DIGIT'
    >>> fault("a123456789")
    'ID_FORMAT'
    """
    if not text:
        return CellCode.ID_MISSING
    if not _SHAPE.fullmatch(text):
        return CellCode.ID_FORMAT
    return None if check_digit_fits(text[0], text[1:]) else CellCode.ID_CHECK_DIGIT


def check(text: str) -> Checked:
    """Normalise, then judge.

    >>> check("a123456789 ")
    Checked(value='A123456789', fault=None, repairs=('lower_case', 'spaces'))
    """
    cleaned = normalize(text)
    return judged(cleaned, fault(cleaned.value))
