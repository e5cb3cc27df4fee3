"""ID number of a person: a national ID, or a resident UI number of the new or the old form."""

from __future__ import annotations

import re
from typing import Final

from validators import national_id, resident_id
from validators.cell_text import Checked, judged
from validators.cell_text import clean_number as normalize
from validators.codes import CellCode, IdFormatCode
from validators.faults import Fault
from validators.value_faults import value_fault

__all__ = ["check", "fault", "format_code", "format_fault", "has_id_shape", "normalize"]

_SHAPE: Final = re.compile(r"[A-Z][1289A-D][0-9]{8}")

# 居留證號 printed on some permits: twelve digits, not the UI number.
_PERMIT: Final = re.compile(r"[0-9]{12}")
# Passports: nine digits (Taiwan and many others), or one or two letters and seven or eight digits, some with
# a letter at the end.
_PASSPORT: Final = re.compile(r"[0-9]{9}|[A-Z]{1,2}[0-9]{7,8}[A-Z]?")
# A national ID with a digit left out.
_NATIONAL_ID_CUT_SHORT: Final = re.compile(r"[A-Z][12][0-9]{7}")


def has_id_shape(value: str) -> bool:
    """Whether a normalised value has the shape of one of the three kinds; its check digit is not asked."""
    return _SHAPE.fullmatch(value) is not None


def fault(text: str) -> CellCode | None:
    """Returns ID_MISSING, ID_FORMAT, ID_CHECK_DIGIT, or None for a good number of any of the three kinds.

    >>> [fault(text) for text in ("A123456789", "A800000014", "AB23456789")]
    [None, None, None]
    >>> fault("A323456789")
    'ID_FORMAT'
    """
    if text[1:2] in ("1", "2"):
        return national_id.fault(text)
    return resident_id.fault(text)


def check(text: str) -> Checked:
    """Normalise, then judge as any of the three kinds.

    >>> check("ab23456789")
    Checked(value='AB23456789', fault=None, repairs=('lower_case',))
    """
    cleaned = normalize(text)
    return judged(cleaned, fault(cleaned.value))


def format_code(value: str) -> CellCode | IdFormatCode:
    """Returns ID_FORMAT as it is stored for a normalised value, with the other kind of number it looks like.

    >>> format_code("123456789012"), format_code("A12345678")
    ('ID_FORMAT:permit', 'ID_FORMAT')
    """
    if _PERMIT.fullmatch(value):
        return IdFormatCode.PERMIT
    if _PASSPORT.fullmatch(value) and not has_id_shape(value) and not _NATIONAL_ID_CUT_SHORT.fullmatch(value):
        return IdFormatCode.PASSPORT
    return CellCode.ID_FORMAT


def format_fault(value: str) -> Fault:
    """Returns the ID_FORMAT fault whose hint fits a normalised value."""
    return value_fault(format_code(value))
