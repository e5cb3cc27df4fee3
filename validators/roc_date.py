"""Dates of the Republic's calendar (民國), seven digits YYYMMDD: year 1 is 1912; 1040820 is 2015-08-20."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

YEARS_BEFORE: Final = 1911
FIRST_DAY: Final = date(1912, 1, 1)
LAST_DAY: Final = date(YEARS_BEFORE + 999, 12, 31)

_SHAPE: Final = re.compile(r"([0-9]{3})([0-9]{2})([0-9]{2})")


class RocDateError(ValueError):
    """The text is no date of the ROC calendar; the message does not repeat it (it may be a birth date)."""

    def __init__(self) -> None:
        super().__init__("not a date of the form YYYMMDD in the ROC calendar")


def parse(text: str) -> date:
    """Seven ASCII digits YYYMMDD to a date; raises RocDateError.

    >>> parse("1040820")
    datetime.date(2015, 8, 20)
    """
    parts = _SHAPE.fullmatch(text)
    if parts is None or parts[1] == "000":
        raise RocDateError
    try:
        return date(int(parts[1]) + YEARS_BEFORE, int(parts[2]), int(parts[3]))
    except ValueError:
        raise RocDateError from None


def write(day: date) -> str:
    """A date from 1912 on to seven digits YYYMMDD; raises RocDateError.

    >>> write(parse("0990102"))
    '0990102'
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise RocDateError
    return f"{day.year - YEARS_BEFORE:03}{day.month:02}{day.day:02}"
