"""What is wrong with a cell or with a field of a form, and what was repaired: the wording, and what to do."""

from __future__ import annotations

from typing import Final

from validators.codes import CellCode, FieldCode, IdFormatCode, RepairCode
from validators.faults import Fault, table_of

# The log's words for a cell, in this order: the administration's published example has the last two.
ID_PIECE: Final = "身分證號 欄位錯誤!"
EMAIL_PIECE: Final = "電子郵件 欄位錯誤!"
PHONE_PIECE: Final = "聯絡電話 欄位錯誤!"


CELL_FAULTS: Final = table_of(
    CellCode,
    Fault(
        CellCode.ID_MISSING,
        ID_PIECE,
        "請填身分證號(或外來人口統一證號)。",
        "Fill in the ID number.",
        "id",
        "未填",
    ),
    Fault(
        CellCode.ID_FORMAT,
        ID_PIECE,
        "應為1個英文字母加9位數字(身分證號),或外來人口統一證號共10碼;護照號碼與12位居留證號不能使用。",
        "One letter and nine digits, or a resident UI number; no passport or 12-digit permit number.",
        "id",
        "格式不符",
    ),
    Fault(
        CellCode.ID_CHECK_DIGIT,
        ID_PIECE,
        "號碼的檢查碼不符,多半是打錯一碼或兩碼對調,請對照證件。",
        "The check digit does not match: probably one wrong or two swapped characters.",
        "id",
        "檢查碼不符",
    ),
    Fault(
        CellCode.EMAIL_MISSING,
        EMAIL_PIECE,
        "請填電子郵件,註冊成功訊息將寄到此信箱。",
        "Fill in the e-mail.",
        "email",
        "未填",
    ),
    Fault(
        CellCode.EMAIL_FORMAT,
        EMAIL_PIECE,
        "請填一個完整的電子郵件,例如 name@example.com;不含空白、姓名、逗號或第二個信箱。",
        "Give one complete address such as name@example.com: no spaces, names or second address.",
        "email",
        "格式不符",
    ),
    Fault(
        CellCode.PHONE_MISSING,
        PHONE_PIECE,
        "請填手機或聯絡電話。",
        "Fill in a mobile or landline number.",
        "phone",
        "未填",
    ),
    Fault(
        CellCode.PHONE_FORMAT,
        PHONE_PIECE,
        "請填臺灣手機(09開頭共10碼)或含區碼的市話,分機以 # 接在後面。",
        "Give a Taiwan mobile (09 and eight digits) or a landline with area code; extension after #.",
        "phone",
        "格式不符",
    ),
    Fault(
        CellCode.PHONE_DIGITS_LOST,
        PHONE_PIECE,
        "Excel 已將號碼變成科學記號(如 9.12E+08),末幾碼已遺失;請將該欄改為「文字」格式後重新輸入。",
        "Excel turned it into 9.12E+08 and digits are lost: format the column as text, type it again.",
        "phone",
        "末幾碼遺失",
    ),
)

# ID_FORMAT with a hint of its own: the code that people and scripts see stays, `person_id.format_code` picks.
_LOOKS_LIKE_PASSPORT: Final = Fault(
    CellCode.ID_FORMAT,
    ID_PIECE,
    "看起來是護照號碼(或身分證號少了英文字母);請改填身分證號,外籍人士請填居留證上的統一證號10碼。",
    "This looks like a passport number: give the national ID or the ten-character UI number of the permit.",
    "id",
    "格式不符",
)
_LOOKS_LIKE_PERMIT: Final = Fault(
    CellCode.ID_FORMAT,
    ID_PIECE,
    "這是12位的居留證號;請改填居留證上的「統一證號」(英文字母開頭共10碼)。",
    "This is the 12-digit permit number: give the UI number on the permit (ten characters, a letter first).",
    "id",
    "格式不符",
)
ID_FORMAT_FAULTS: Final = {
    IdFormatCode.PASSPORT: _LOOKS_LIKE_PASSPORT,
    IdFormatCode.PERMIT: _LOOKS_LIKE_PERMIT,
}

FIELD_FAULTS: Final = table_of(
    FieldCode,
    Fault(FieldCode.MISSING, "未填", "請填寫此欄位。", "Please fill this in."),
    Fault(
        FieldCode.HOUSEHOLD_FORMAT,
        "戶號格式不符",
        "戶號為戶口名簿封面左上角的號碼,1個英文字母加7位數字。",
        "The household number stands at the top left of the booklet: a letter and seven digits.",
    ),
    Fault(
        FieldCode.NEIGHBOURHOOD_FORMAT,
        "鄰格式不符",
        "鄰請填數字,沒有請留空白。",
        "Digits only; leave it empty when there is none.",
    ),
    Fault(
        FieldCode.SERIAL_FORMAT,
        "居留證流水號格式不符",
        "請填居留證背面的流水號(英文字母與數字)。",
        "Give the serial number on the back of the permit (letters and digits).",
    ),
    Fault(
        FieldCode.CARD_NUMBER_FORMAT,
        "健保卡卡號格式不符",
        "健保卡卡號為卡片正面的12碼數字。",
        "The card number is the twelve digits on the front of the card.",
    ),
    Fault(
        FieldCode.UNIT_CODE_FORMAT,
        "投保單位代號格式不符",
        "投保單位代號為9碼數字。",
        "The unit code has nine digits.",
    ),
    Fault(
        FieldCode.ROC_DATE_FORMAT,
        "日期格式不符",
        "請填民國年月日7碼,例如 1040820。",
        "Give the date as seven digits in ROC years, such as 1040820.",
    ),
)

# What was repaired in a cell; the annotated CSV lists repairs in this order. Nothing is refused for it.
REPAIRS: Final = {
    RepairCode.LOST_ZERO: "已補上開頭的0(Excel會刪除開頭的0)",
    RepairCode.DECIMAL: "已去除小數點後的0(Excel將號碼存成數字)",
    RepairCode.FULL_WIDTH: "已將全形字改為半形",
    RepairCode.QUOTES: "已去除前後的引號或等號",
    RepairCode.LOWER_CASE: "已將小寫英文字母改為大寫",
    RepairCode.SPACES: "已去除多餘的空白",
    RepairCode.COUNTRY_CODE: "已將國碼(886)改為0開頭",
    RepairCode.EXTENSION: "已將分機改以 # 表示",
    RepairCode.SLASH: "已去除號碼中的斜線",
    RepairCode.HYPHEN: "已去除特殊的橫線",
}


_BY_TEXT: Final = {
    **{fault.code.value: fault for fault in (*CELL_FAULTS.values(), *FIELD_FAULTS.values())},
    **{code.value: fault for code, fault in ID_FORMAT_FAULTS.items()},
}


def value_fault(code: str) -> Fault:
    """Returns what a code of a cell or a field says, a stored code too.

    Raises:
        KeyError: there never was such a code.

    >>> value_fault("ID_FORMAT:permit").code
    'ID_FORMAT'
    """
    return _BY_TEXT[code]
