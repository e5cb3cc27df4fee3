"""Every fault once: its code, its wording, and what to do about it.

Codes never change meaning (`interfaces`: scripts read them). A row fault belongs to a column; a file fault
refuses the whole file; a warning refuses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Column = Literal["id", "email", "phone"]

ID_PIECE: Final = "身分證號 欄位錯誤!"
EMAIL_PIECE: Final = "電子郵件 欄位錯誤!"
PHONE_PIECE: Final = "聯絡電話 欄位錯誤!"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `message` is what the log says, `hint` what the sender can do (zh-TW and English).

    `title` is the fault in a few words for a table that names the column already; only row faults have one.
    """

    code: str
    message: str
    hint: str
    hint_en: str
    column: Column | None = None
    title: str = ""


class FileRefused(Exception):
    """The whole file is refused, for one reason. `detail` never holds a cell's content."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.fault: Final = FILE_FAULTS[code]
        self.detail: Final = detail

    @property
    def code(self) -> str:
        return self.fault.code

    @property
    def message(self) -> str:
        """The log's words: what is wrong, and that nothing of the file is stored."""
        return f"{self.fault.message}!整批不入檔!"

    @property
    def hint(self) -> str:
        """What the sender does next; the detail of this file first."""
        return f"{self.detail}{self.fault.hint}"


def _by_code(*faults: Fault) -> dict[str, Fault]:
    return {fault.code: fault for fault in faults}


ROW_FAULTS: Final = _by_code(
    Fault(
        "ID_MISSING", ID_PIECE, "請填身分證號(或外來人口統一證號)。", "Fill in the ID number.", "id", "未填"
    ),
    Fault(
        "ID_FORMAT",
        ID_PIECE,
        "應為1個英文字母加9位數字(身分證號),或外來人口統一證號共10碼;護照號碼與12位居留證號不能使用。",
        "One letter and nine digits, or a resident UI number; no passport or 12-digit permit number.",
        "id",
        "格式不符",
    ),
    Fault(
        "ID_CHECK_DIGIT",
        ID_PIECE,
        "號碼的檢查碼不符,多半是打錯一碼或兩碼對調,請對照證件。",
        "The check digit does not match: probably one wrong or two swapped characters.",
        "id",
        "檢查碼不符",
    ),
    Fault(
        "EMAIL_MISSING",
        EMAIL_PIECE,
        "請填電子郵件,註冊成功訊息將寄到此信箱。",
        "Fill in the e-mail.",
        "email",
        "未填",
    ),
    Fault(
        "EMAIL_FORMAT",
        EMAIL_PIECE,
        "請填一個完整的電子郵件,例如 name@example.com;不含空白、姓名、逗號或第二個信箱。",
        "Give one complete address such as name@example.com: no spaces, names or second address.",
        "email",
        "格式不符",
    ),
    Fault(
        "PHONE_MISSING",
        PHONE_PIECE,
        "請填手機或聯絡電話。",
        "Fill in a mobile or landline number.",
        "phone",
        "未填",
    ),
    Fault(
        "PHONE_FORMAT",
        PHONE_PIECE,
        "請填臺灣手機(09開頭共10碼)或含區碼的市話,分機以 # 接在後面。",
        "Give a Taiwan mobile (09 and eight digits) or a landline with area code; extension after #.",
        "phone",
        "格式不符",
    ),
    Fault(
        "PHONE_DIGITS_LOST",
        PHONE_PIECE,
        "Excel 已將號碼變成科學記號(如 9.12E+08),末幾碼已遺失;請將該欄改為「文字」格式後重新輸入。",
        "Excel turned it into 9.12E+08 and digits are lost: format the column as text, type it again.",
        "phone",
        "末幾碼遺失",
    ),
    Fault(
        "DUPLICATE_IN_FILE",
        "檔案內重複",
        "同一人在本檔案較前面的列已出現,請刪除多餘的列。",
        "An earlier row of this file already holds this person: delete the extra row.",
        "id",
        "檔案內重複",
    ),
)

FILE_FAULTS: Final = _by_code(
    Fault(
        "FILE_NAME",
        "檔名錯誤",
        "檔名應為投保單位代號9碼+西元年月日8碼+.CSV,例如 11000000120150820.CSV。",
        "Name the file: nine digits of the unit code, the date as YYYYMMDD, .CSV.",
    ),
    Fault(
        "FILE_DATE",
        "檔名日期錯誤",
        "檔名中的日期不存在,請用西元年月日8碼,例如 20150820。",
        "There is no such date: use YYYYMMDD.",
    ),
    Fault(
        "FILE_DATE_FUTURE",
        "檔名日期尚未到",
        "檔名中的日期晚於收件日,請改為當日或更早的日期。",
        "The date in the name is later than the day the file reached us.",
    ),
    Fault(
        "UNIT_UNKNOWN",
        "查無投保單位",
        "請核對檔名前9碼的投保單位代號。",
        "Check the nine digits of the unit code in the file name.",
    ),
    Fault(
        "UNIT_CLOSED",
        "投保單位已註銷",
        "該投保單位已註銷,如有疑問請洽健保署各分區業務組。",
        "The unit is closed; please ask the regional division.",
    ),
    Fault("FILE_EMPTY", "空白檔案", "檔案中沒有任何資料列,請確認後重送。", "The file holds no data rows."),
    Fault(
        "FILE_TOO_LARGE",
        "檔案過大",
        "請將檔案分成數個較小的檔案(檔名日期各異)後重送。",
        "Split the file into smaller ones, each under another date.",
    ),
    Fault(
        "FILE_NOT_CSV",
        "非CSV檔案",
        "請在 Excel 以「另存新檔」選「CSV UTF-8(逗號分隔)」後重送。",
        "Save as “CSV UTF-8 (comma delimited)” in Excel and send again.",
    ),
    Fault(
        "FILE_ENCODING",
        "檔案編碼錯誤",
        "請在 Excel 以「另存新檔」選「CSV UTF-8(逗號分隔)」後重送。",
        "Save as “CSV UTF-8 (comma delimited)” in Excel and send again.",
    ),
    Fault(
        "FILE_COLUMNS",
        "檔案欄位不符",
        "應有三欄:身分證號,電子郵件,手機(或聯絡電話)。",
        "Three columns are needed: ID number, e-mail, mobile (or contact phone).",
    ),
    Fault(
        "FILE_DUPLICATE",
        "檔案已處理",
        "相同檔名與內容的檔案已收到,不必重送;若要更正,請修改內容後以同檔名重送。",
        "The same file has been received before; send it again only with corrections.",
    ),
    Fault(
        "HELD_REFUSED",
        "檔案經人工審核退回",
        "請洽健保署各分區業務組確認名單後重送。",
        "The file was returned after a review: please ask the regional division before sending again.",
    ),
    Fault(
        "SENDER_NOT_CONTACT",
        "非該單位聯絡人",
        "請由該投保單位登記的聯絡人信箱寄送。",
        "Send from the address of a registered contact of the unit.",
    ),
    Fault(
        "CONSENT_MISSING",
        "未聲明當事人同意",
        "請在信件內文寫明「名冊內人員均經本人同意委由本單位代為申請註冊」後重送。",
        "State in the mail's text that the people agreed (the sentence above), then send again.",
    ),
    Fault(
        "NO_FILE",
        "信中沒有名冊檔案",
        "請把CSV檔(例如 11000000120150820.CSV)附加在信件後重送。",
        "Attach the CSV file (such as 11000000120150820.CSV) and send the mail again.",
    ),
)

WARNINGS: Final = _by_code(
    Fault(
        "FILE_DATE_OLD",
        "檔名日期已超過31日",
        "請確認檔名的年份是否打錯;檔案仍照常處理。",
        "The date is more than 31 days back: check the year. The file is processed all the same.",
    ),
    Fault(
        "COLUMNS_IGNORED",
        "多餘的欄位未使用",
        "只使用身分證號、電子郵件、手機(或聯絡電話)三欄;建議勿寄送其他個人資料。",
        "Only three columns are used; better not to send further personal data.",
    ),
    Fault(
        "TOO_LARGE_FOR_MAIL",
        "檔案超過電子郵件收件上限",
        "以電子郵件寄送請分成5 MiB、10,000列以內的檔案。",
        "By mail send at most 5 MiB and 10,000 rows a file.",
    ),
    Fault(
        "EMAIL_SHARED",
        "多列使用同一電子郵件",
        "眷屬可共用信箱;若非眷屬請確認是否誤填。",
        "One address on several rows: fine for dependants, else please check.",
        "email",
    ),
    Fault(
        "EMAIL_TYPO",
        "電子郵件可能打錯",
        "網域看似常見的筆誤(例如 gmial.com),請確認;此列仍照常處理。",
        "The domain looks like a common typing slip; the row is processed all the same.",
        "email",
    ),
)

# ID_FORMAT with a hint of its own: the code stays, `person_id.format_fault` picks.
ID_LOOKS_LIKE_PASSPORT: Final = Fault(
    "ID_FORMAT",
    ID_PIECE,
    "看起來是護照號碼(或身分證號少了英文字母);請改填身分證號,外籍人士請填居留證上的統一證號10碼。",
    "This looks like a passport number: give the national ID or the ten-character UI number of the permit.",
    "id",
    "格式不符",
)
ID_LOOKS_LIKE_PERMIT: Final = Fault(
    "ID_FORMAT",
    ID_PIECE,
    "這是12位的居留證號;請改填居留證上的「統一證號」(英文字母開頭共10碼)。",
    "This is the 12-digit permit number: give the UI number on the permit (ten characters, a letter first).",
    "id",
    "格式不符",
)

# An ID_FORMAT whose number looks like something else, as it is stored and told with its own hint.
ID_FORMAT_KINDS: Final = {
    "ID_FORMAT:passport": ID_LOOKS_LIKE_PASSPORT,
    "ID_FORMAT:permit": ID_LOOKS_LIKE_PERMIT,
}


def row_fault(code: str) -> Fault:
    """The fault of a stored code; raises KeyError for one that was never given out.

    >>> row_fault("ID_FORMAT:permit").code
    'ID_FORMAT'
    """
    return ID_FORMAT_KINDS[code] if code in ID_FORMAT_KINDS else ROW_FAULTS[code]


# What was put right in a cell, told in the annotated CSV in this order; nothing is refused for it.
REPAIRS: Final = {
    "lost_zero": "已補上開頭的0(Excel會刪除開頭的0)",
    "decimal": "已去除小數點後的0(Excel將號碼存成數字)",
    "full_width": "已將全形字改為半形",
    "quotes": "已去除前後的引號或等號",
    "lower_case": "已將小寫英文字母改為大寫",
    "spaces": "已去除多餘的空白",
    "country_code": "已將國碼(886)改為0開頭",
    "extension": "已將分機改以 # 表示",
    "slash": "已去除號碼中的斜線",
    "hyphen": "已去除特殊的橫線",
}
