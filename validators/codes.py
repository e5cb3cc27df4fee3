"""The codes of this room: what a validator finds wrong with a text, warns of, or repairs.

Scripts read them and databases keep them: a code never changes its meaning (`docs/interfaces.md`). What each
of them says to people stands in `validators.faults`.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """A code as text: it prints, stores and compares as its plain text, in a list of codes too.

    >>> print(FileCode.FILE_NAME, [FileCode.FILE_NAME])
    FILE_NAME ['FILE_NAME']
    """

    def __repr__(self) -> str:
        return repr(self.value)


class CellCode(Code):
    """What is wrong with a cell of an employer's file."""

    ID_MISSING = "ID_MISSING"
    ID_FORMAT = "ID_FORMAT"
    ID_CHECK_DIGIT = "ID_CHECK_DIGIT"
    EMAIL_MISSING = "EMAIL_MISSING"
    EMAIL_FORMAT = "EMAIL_FORMAT"
    PHONE_MISSING = "PHONE_MISSING"
    PHONE_FORMAT = "PHONE_FORMAT"
    PHONE_DIGITS_LOST = "PHONE_DIGITS_LOST"


class IdFormatCode(Code):
    """ID_FORMAT as it is stored where the number looks like another kind of number."""

    PASSPORT = "ID_FORMAT:passport"
    PERMIT = "ID_FORMAT:permit"


class FieldCode(Code):
    """What is wrong with a field of a form, or with a number that a card or a register gives."""

    MISSING = "MISSING"
    HOUSEHOLD_FORMAT = "HOUSEHOLD_FORMAT"
    NEIGHBOURHOOD_FORMAT = "NEIGHBOURHOOD_FORMAT"
    SERIAL_FORMAT = "SERIAL_FORMAT"
    CARD_NUMBER_FORMAT = "CARD_NUMBER_FORMAT"
    UNIT_CODE_FORMAT = "UNIT_CODE_FORMAT"
    ROC_DATE_FORMAT = "ROC_DATE_FORMAT"


class FileCode(Code):
    """What is wrong with the form of an employer's file: its name, its bytes, its columns."""

    FILE_NAME = "FILE_NAME"
    FILE_DATE = "FILE_DATE"
    FILE_DATE_FUTURE = "FILE_DATE_FUTURE"
    FILE_EMPTY = "FILE_EMPTY"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    FILE_NOT_CSV = "FILE_NOT_CSV"
    FILE_ENCODING = "FILE_ENCODING"
    FILE_COLUMNS = "FILE_COLUMNS"


class WarningCode(Code):
    """What the sender should look at, though nothing is refused for it."""

    FILE_DATE_OLD = "FILE_DATE_OLD"
    COLUMNS_IGNORED = "COLUMNS_IGNORED"
    TOO_LARGE_FOR_MAIL = "TOO_LARGE_FOR_MAIL"
    EMAIL_SHARED = "EMAIL_SHARED"
    EMAIL_TYPO = "EMAIL_TYPO"


class RepairCode(Code):
    """What was repaired in a cell. A cell's repairs are listed in this order."""

    LOST_ZERO = "lost_zero"
    DECIMAL = "decimal"
    FULL_WIDTH = "full_width"
    QUOTES = "quotes"
    LOWER_CASE = "lower_case"
    SPACES = "spaces"
    COUNTRY_CODE = "country_code"
    EXTENSION = "extension"
    SLASH = "slash"
    HYPHEN = "hyphen"
