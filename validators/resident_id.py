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
from validators.codes import CellCode
from validators.id_number import check_digit_fits, normalize

__all__ = ["check", "normalize", "validate", "validate_new", "validate_old"]

# Second letter of the old form and the digit it counts as.
OLD_SECOND_LETTERS: Final = {"A": "0", "B": "1", "C": "2", "D": "3"}

_NEW_SHAPE: Final = re.compile(r"[A-Z][89][0-9]{8}")
_OLD_SHAPE: Final = re.compile(r"[A-Z][A-D][0-9]{8}")


def validate_new(text: str) -> CellCode | None:
    """The fault's code, or None for a right number of the new form; repairs nothing.

    >>> validate_new("A800000014")
    >>> validate_new("AB23456789")
    'ID_FORMAT'
    """
    if not text:
        return CellCode.ID_MISSING
    if not _NEW_SHAPE.fullmatch(text):
        return CellCode.ID_FORMAT
    return None if check_digit_fits(text[0], text[1:]) else CellCode.ID_CHECK_DIGIT


def validate_old(text: str) -> CellCode | None:
    """The fault's code, or None for a right number of the old form; repairs nothing.

    >>> validate_old("AB23456789")
    >>> validate_old("AB23456780")
    'ID_CHECK_DIGIT'
    """
    if not text:
        return CellCode.ID_MISSING
    if not _OLD_SHAPE.fullmatch(text):
        return CellCode.ID_FORMAT
    digits = OLD_SECOND_LETTERS[text[1]] + text[2:]
    return None if check_digit_fits(text[0], digits) else CellCode.ID_CHECK_DIGIT


def validate(text: str) -> CellCode | None:
    """The fault's code, or None for a right number of either form; repairs nothing."""
    return validate_old(text) if _OLD_SHAPE.fullmatch(text) else validate_new(text)


def check(text: str) -> Checked:
    """Normalise, then validate either form.

    >>> check("ａ800000014")
    Checked(value='A800000014', fault=None, repairs=('full_width', 'lower_case'))
    """
    cleaned = normalize(text)
    return judged(cleaned, validate(cleaned.value))
