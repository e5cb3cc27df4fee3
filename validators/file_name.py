"""Name of an employer's file: unit code (9 digits), AD date (8 digits), .CSV: 11000000120150820.CSV."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from validators import roc_date, unit_code
from validators.characters import BLANKS, DASHES
from validators.codes import FileCode
from validators.faults import FileRefused, TextRefused

# A date further back is more likely a typing slip in the year: it is a warning.
OLD_AFTER_DAYS: Final = 31

# A four-digit "year" below this is a ROC year with a zero in front (01040820).
FIRST_AD_YEAR: Final = 1000

# National Health Insurance began; an earlier ROC date comes from a unit code with a digit left out.
FIRST_ROC_DATE: Final = date(1995, 3, 1)

# No file system keeps longer names, so no expected name is searched for them.
LONGEST_NAME: Final = 255

_NAME: Final = re.compile(r"([0-9]{9})([0-9]{4})([0-9]{2})([0-9]{2})\.csv", re.IGNORECASE | re.ASCII)

# What people and their systems leave in a name: used to find the expected name, never to accept a name.
_TEXT_ENDINGS: Final = re.compile(r"(?:\.(?:csv|txt))+\Z", re.IGNORECASE)
_COPY_MARK: Final = re.compile(
    r"(?:[ _-]*(?:\([0-9]{1,3}\)|複製|副本|複本|的複本|copy(?: of)?))+\Z|\A(?:copy of|複本|副本)[ _-]*",
    re.IGNORECASE,
)
_SEPARATORS: Final = re.compile(rf"[ _.,{re.escape(DASHES)}()/]+")
_DIGITS: Final = re.compile(r"[0-9]{16,17}")


@dataclass(frozen=True, slots=True)
class FileName:
    """The two parts of a good name; prints as the name itself."""

    unit_code: str
    file_date: date

    def __str__(self) -> str:
        return f"{self.unit_code}{self.file_date:%Y%m%d}.CSV"


def fault(name: str, *, received_on: date) -> FileCode | None:
    """Returns FILE_NAME, FILE_DATE, FILE_DATE_FUTURE, or None for a good name.

    A name has no path before it; its extension is in any case. `received_on` is the Taipei date on which
    the file reached us. Source: docs/rules.md 1.

    >>> fault("11000000120150820.csv", received_on=date(2015, 8, 20))
    >>> fault("11000000120150820.csv", received_on=date(2015, 8, 19))
    'FILE_DATE_FUTURE'
    """
    parts = _NAME.fullmatch(name)
    if parts is None or int(parts[2]) < FIRST_AD_YEAR:
        return FileCode.FILE_NAME
    try:
        file_date = date(int(parts[2]), int(parts[3]), int(parts[4]))
    except ValueError:
        return FileCode.FILE_DATE
    return FileCode.FILE_DATE_FUTURE if file_date > received_on else None


def parse(name: str, *, received_on: date) -> FileName:
    """Returns the parts of a name without fault.

    Raises:
        FileRefused: with the fault of the name; the detail shows the expected name where it can be found.

    >>> print(parse("11000000120150820.csv", received_on=date(2015, 8, 20)))
    11000000120150820.CSV
    """
    if code := fault(name, received_on=received_on):
        raise FileRefused(code, _name_detail(name, received_on) if code is FileCode.FILE_NAME else "")
    day = name[unit_code.LENGTH : unit_code.LENGTH + len("YYYYMMDD")]
    return FileName(name[: unit_code.LENGTH], date(int(day[:4]), int(day[4:6]), int(day[6:])))


def printable(name: str) -> str:
    """Returns a name fit to be shown and stored: U+FFFD stands for terminal controls and undecodable bytes.

    >>> printable("a\\x1b[31m.CSV")
    'a\ufffd[31m.CSV'
    """
    return "".join(character if character.isprintable() else "\ufffd" for character in name)


def is_old(file_date: date, received_on: date) -> bool:
    """Whether the name's date is more than 31 days before the file reached us: a warning, no fault.

    >>> is_old(date(2015, 7, 20), date(2015, 8, 20)), is_old(date(2015, 7, 19), date(2015, 8, 20))
    (False, True)
    """
    return (received_on - file_date).days > OLD_AFTER_DAYS


def _name_detail(name: str, received_on: date) -> str:
    """The detail of FILE_NAME: what is wrong and the expected name; empty where neither can be found."""
    if len(name) > LONGEST_NAME:
        return ""
    plain = unicodedata.normalize("NFKC", name).strip(BLANKS)
    stem = _TEXT_ENDINGS.sub("", plain)
    digits = _SEPARATORS.sub("", _COPY_MARK.sub("", stem))
    if not _DIGITS.fullmatch(digits):
        return _ending_detail(plain)
    unit, day = digits[: unit_code.LENGTH], digits[unit_code.LENGTH :]
    try:
        file_date, is_roc = _any_date(day)
    except (ValueError, TextRefused):
        return ""
    if file_date > received_on or (is_roc and file_date < FIRST_ROC_DATE):
        return ""
    expected = f"正確檔名應為 {FileName(unit, file_date)}。"
    return f"檔名中的日期是民國日期,請改用西元日期;{expected}" if is_roc else expected


def _ending_detail(name: str) -> str:
    """The detail of another ending: renaming does not turn another kind of file into a CSV."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in ("xls", "xlsx", "xlsm", "ods", "numbers", "zip", "rar", "7z", "pdf", "doc", "docx"):
        return "副檔名不是 .CSV;請在 Excel 以「另存新檔」存成 CSV,只改副檔名沒有用。"
    return ""


def _any_date(digits: str) -> tuple[date, bool]:
    """The date of seven or eight digits, and whether it was written in ROC years.

    Raises:
        ValueError: there is no such AD date.
        TextRefused: there is no such ROC date.
    """
    if len(digits) == len("YYYYMMDD") and int(digits[:4]) >= FIRST_AD_YEAR:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])), False
    return roc_date.parse(digits[-len("YYYMMDD") :]), True
