"""What is wrong with a file's form, and what it only warns of: the wording, and what to do about it.

The faults of single values stand in `value_faults`. What the register, an earlier hand-in or an operator
refuses stands with the room that asks them (`pipeline.bulk.rules.refusals`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeVar

from validators.codes import FileCode, WarningCode

Column = Literal["id", "email", "phone"]
Codes = TypeVar("Codes", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `message` is what the log says, `hint` what the sender can do (zh-TW and English).

    `title` is the fault in a few words for a table that names the column already; only faults of rows have
    one.
    """

    code: StrEnum
    message: str
    hint: str
    hint_en: str
    column: Column | None = None
    title: str = ""


class TextRefused(Exception):
    """A text cannot be parsed, for the reason that `code` says; the message is the code, never the text."""

    def __init__(self, code: StrEnum) -> None:
        super().__init__(code)
        self.code: Final = code


class FileRefused(TextRefused):
    """The whole file is refused, for one reason: the fault of its form, or one of another room's table.

    `detail` is about this file and never holds a cell's content.
    """

    def __init__(self, reason: FileCode | Fault, detail: str = "") -> None:
        fault = reason if isinstance(reason, Fault) else FILE_FAULTS[reason]
        super().__init__(fault.code)
        self.fault: Final = fault
        self.detail: Final = detail

    @property
    def message(self) -> str:
        """The log's words: what is wrong, and that nothing of the file is stored."""
        return f"{self.fault.message}!整批不入檔!"

    @property
    def hint(self) -> str:
        """What the sender does next; the detail of this file first."""
        return f"{self.detail}{self.fault.hint}"


def table_of(codes: type[Codes], *faults: Fault) -> dict[Codes, Fault]:
    """Returns faults by their codes, which are all of one enum."""
    return {codes(fault.code): fault for fault in faults}


FILE_FAULTS: Final = table_of(
    FileCode,
    Fault(
        FileCode.FILE_NAME,
        "檔名錯誤",
        "檔名應為投保單位代號9碼+西元年月日8碼+.CSV,例如 11000000120150820.CSV。",
        "Name the file: nine digits of the unit code, the date as YYYYMMDD, .CSV.",
    ),
    Fault(
        FileCode.FILE_DATE,
        "檔名日期錯誤",
        "檔名中的日期不存在,請用西元年月日8碼,例如 20150820。",
        "There is no such date: use YYYYMMDD.",
    ),
    Fault(
        FileCode.FILE_DATE_FUTURE,
        "檔名日期尚未到",
        "檔名中的日期晚於收件日,請改為當日或更早的日期。",
        "The date in the name is later than the day the file reached us.",
    ),
    Fault(
        FileCode.FILE_EMPTY,
        "空白檔案",
        "檔案中沒有任何資料列,請確認後重送。",
        "The file holds no data rows.",
    ),
    Fault(
        FileCode.FILE_TOO_LARGE,
        "檔案過大",
        "請將檔案分成數個較小的檔案(檔名日期各異)後重送。",
        "Split the file into smaller ones, each under another date.",
    ),
    Fault(
        FileCode.FILE_NOT_CSV,
        "非CSV檔案",
        "請在 Excel 以「另存新檔」選「CSV UTF-8(逗號分隔)」後重送。",
        "Save as “CSV UTF-8 (comma delimited)” in Excel and send again.",
    ),
    Fault(
        FileCode.FILE_ENCODING,
        "檔案編碼錯誤",
        "請在 Excel 以「另存新檔」選「CSV UTF-8(逗號分隔)」後重送。",
        "Save as “CSV UTF-8 (comma delimited)” in Excel and send again.",
    ),
    Fault(
        FileCode.FILE_COLUMNS,
        "檔案欄位不符",
        "應有三欄:身分證號,電子郵件,手機(或聯絡電話)。",
        "Three columns are needed: ID number, e-mail, mobile (or contact phone).",
    ),
)

WARNINGS: Final = table_of(
    WarningCode,
    Fault(
        WarningCode.FILE_DATE_OLD,
        "檔名日期已超過31日",
        "請確認檔名的年份是否打錯;檔案仍照常處理。",
        "The date is more than 31 days back: check the year. The file is processed all the same.",
    ),
    Fault(
        WarningCode.COLUMNS_IGNORED,
        "多餘的欄位未使用",
        "只使用身分證號、電子郵件、手機(或聯絡電話)三欄;建議勿寄送其他個人資料。",
        "Only three columns are used; better not to send further personal data.",
    ),
    Fault(
        WarningCode.TOO_LARGE_FOR_MAIL,
        "檔案超過電子郵件收件上限",
        "以電子郵件寄送請分成5 MiB、10,000列以內的檔案。",
        "By mail send at most 5 MiB and 10,000 rows a file.",
    ),
    Fault(
        WarningCode.EMAIL_SHARED,
        "多列使用同一電子郵件",
        "眷屬可共用信箱;若非眷屬請確認是否誤填。",
        "One address on several rows: fine for dependants, else please check.",
        "email",
    ),
    Fault(
        WarningCode.EMAIL_TYPO,
        "電子郵件可能打錯",
        "網域看似常見的筆誤(例如 gmial.com),請確認;此列仍照常處理。",
        "The domain looks like a common typing slip; the row is processed all the same.",
        "email",
    ),
)
