"""Date in ROC years (民國), seven digits YYYMMDD: year 1 is 1912; 1040820 is 2015-08-20."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from validators.codes import FieldCode
from validators.faults import TextRefused

YEARS_BEFORE: Final = 1911
FIRST_DAY: Final = date(1912, 1, 1)
LAST_DAY: Final = date(YEARS_BEFORE + 999, 12, 31)

_SHAPE: Final = re.compile(r"([0-9]{3})([0-9]{2})([0-9]{2})")


def fault(text: str) -> FieldCode | None:
    """Returns MISSING, ROC_DATE_FORMAT, or None for a day that exists, written as seven ASCII digits.

    >>> fault("1040820"), fault("1040832"), fault("104.8.20")
    (None, 'ROC_DATE_FORMAT', 'ROC_DATE_FORMAT')
    """
    if not text:
        return FieldCode.MISSING
    return None if _day(text) else FieldCode.ROC_DATE_FORMAT


def parse(text: str) -> date:
    """Returns the day of seven ASCII digits YYYMMDD.

    Raises:
        TextRefused: with the fault of the text, which is not repeated (it may be a birth date).

    >>> parse("1040820")
    datetime.date(2015, 8, 20)
    """
    day = _day(text)
    if day is None:
        raise TextRefused(FieldCode.ROC_DATE_FORMAT if text else FieldCode.MISSING)
    return day


def write(day: date) -> str:
    """Returns a day as seven digits YYYMMDD.

    Raises:
        ValueError: the day is before 1912 or after the year 999.

    >>> write(parse("0990102"))
    '0990102'
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError("the day is outside the ROC years 1 to 999")
    return f"{day.year - YEARS_BEFORE:03}{day.month:02}{day.day:02}"


def _day(text: str) -> date | None:
    parts = _SHAPE.fullmatch(text)
    if parts is None or parts[1] == "000":
        return None
    try:
        return date(int(parts[1]) + YEARS_BEFORE, int(parts[2]), int(parts[3]))
    except ValueError:
        return None
