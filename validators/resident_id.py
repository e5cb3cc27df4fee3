"""Resident UI number (外來人口統一證號), the new and the old form.

Given out by the National Immigration Agency. New form, from 2021-01-02: a letter, 8 (male) or 9 (female),
seven digits, a check digit as in the national ID. Old form: two letters, the second A or C (male), B or D
(female), which counts with the units digit of its code (A 0, B 1, C 2, D 3). Old numbers stay in files for
years.
"""

from __future__ import annotations

import re
from typing import Final

from validators.cell_text import Checked, judged
from validators.cell_text import clean_number as normalize
from validators.codes import CellCode
from validators.id_number import check_digit_fits

__all__ = ["check", "fault", "new_form_fault", "normalize", "old_form_fault"]

# Second letter of the old form, and the digit that it counts as.
OLD_SECOND_LETTERS: Final = {"A": "0", "B": "1", "C": "2", "D": "3"}

_NEW_SHAPE: Final = re.compile(r"[A-Z][89][0-9]{8}")
_OLD_SHAPE: Final = re.compile(r"[A-Z][A-D][0-9]{8}")


def new_form_fault(text: str) -> CellCode | None:
    """Returns ID_MISSING, ID_FORMAT, ID_CHECK_DIGIT, or None for a good number of the new form.

    >>> new_form_fault("A800000014")
    >>> new_form_fault("AB23456789")
    'ID_FORMAT'
    """
    if not text:
        return CellCode.ID_MISSING
    if not _NEW_SHAPE.fullmatch(text):
        return CellCode.ID_FORMAT
    return None if check_digit_fits(text[0], text[1:]) else CellCode.ID_CHECK_DIGIT


def old_form_fault(text: str) -> CellCode | None:
    """Returns ID_MISSING, ID_FORMAT, ID_CHECK_DIGIT, or None for a good number of the old form.

    >>> old_form_fault("AB23456789")
    >>> old_form_fault("AB23456780")
    'ID_CHECK_DIGIT'
    """
    if not text:
        return CellCode.ID_MISSING
    if not _OLD_SHAPE.fullmatch(text):
        return CellCode.ID_FORMAT
    digits = OLD_SECOND_LETTERS[text[1]] + text[2:]
    return None if check_digit_fits(text[0], digits) else CellCode.ID_CHECK_DIGIT


def fault(text: str) -> CellCode | None:
    """Returns ID_MISSING, ID_FORMAT, ID_CHECK_DIGIT, or None for a good number of either form."""
    return old_form_fault(text) if _OLD_SHAPE.fullmatch(text) else new_form_fault(text)


def check(text: str) -> Checked:
    """Normalise, then judge as either form.

    >>> check("ａ800000014")
    Checked(value='A800000014', fault=None, repairs=('full_width', 'lower_case'))
    """
    cleaned = normalize(text)
    return judged(cleaned, fault(cleaned.value))
