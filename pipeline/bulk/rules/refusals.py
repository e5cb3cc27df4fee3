"""Why a file in good form is refused all the same: its unit, its sender, an earlier hand-in, an operator.

The faults of a file's form stand in `validators.faults`. Source: docs/rules.md 1.
"""

from __future__ import annotations

from typing import Final

from pipeline.bulk.rules.consent import SENTENCE
from validators.codes import Code
from validators.faults import FILE_FAULTS, Fault, FileRefused, table_of


class HandInCode(Code):
    """What refuses a hand-in though its file is in good form."""

    UNIT_UNKNOWN = "UNIT_UNKNOWN"
    UNIT_CLOSED = "UNIT_CLOSED"
    FILE_DUPLICATE = "FILE_DUPLICATE"
    HELD_REFUSED = "HELD_REFUSED"
    SENDER_NOT_CONTACT = "SENDER_NOT_CONTACT"
    CONSENT_MISSING = "CONSENT_MISSING"
    NO_FILE = "NO_FILE"


HAND_IN_FAULTS: Final = table_of(
    HandInCode,
    Fault(
        HandInCode.UNIT_UNKNOWN,
        "查無投保單位",
        "請核對檔名前9碼的投保單位代號。",
        "Check the nine digits of the unit code in the file name.",
    ),
    Fault(
        HandInCode.UNIT_CLOSED,
        "投保單位已註銷",
        "該投保單位已註銷,如有疑問請洽健保署各分區業務組。",
        "The unit is closed; please ask the regional division.",
    ),
    Fault(
        HandInCode.FILE_DUPLICATE,
        "檔案已處理",
        "相同檔名與內容的檔案已收到,不必重送;若要更正,請修改內容後以同檔名重送。",
        "The same file has been received before; send it again only with corrections.",
    ),
    Fault(
        HandInCode.HELD_REFUSED,
        "檔案經人工審核退回",
        "請洽健保署各分區業務組確認名單後重送。",
        "The file was returned after a review: please ask the regional division before sending again.",
    ),
    Fault(
        HandInCode.SENDER_NOT_CONTACT,
        "非該單位聯絡人",
        "請由該投保單位登記的聯絡人信箱寄送。",
        "Send from the address of a registered contact of the unit.",
    ),
    Fault(
        HandInCode.CONSENT_MISSING,
        "未聲明當事人同意",
        f"請在信件內文寫明「{SENTENCE}」後重送。",
        "State in the mail's text that the people agreed (the sentence above), then send again.",
    ),
    Fault(
        HandInCode.NO_FILE,
        "信中沒有名冊檔案",
        "請把CSV檔(例如 11000000120150820.CSV)附加在信件後重送。",
        "Attach the CSV file (such as 11000000120150820.CSV) and send the mail again.",
    ),
)

# Every reason for which a file is refused as a whole.
REFUSALS: Final = {fault.code.value: fault for fault in (*FILE_FAULTS.values(), *HAND_IN_FAULTS.values())}


def refusal_of(code: str, detail: str = "") -> FileRefused:
    """Returns the refusal that a code stands for, a stored code too; `detail` is about this one file.

    Raises:
        KeyError: there never was such a code.

    >>> refusal_of(HandInCode.UNIT_CLOSED).message
    '投保單位已註銷!整批不入檔!'
    """
    return FileRefused(REFUSALS[code], detail)
