"""What becomes of a row: exactly one outcome, its words in the log, and what the sender can do about it.

The texts of success, coverage and field errors are the seed's, byte for byte (像 too); the others are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pipeline.clock import time_of_day


class Outcome(StrEnum):
    """The outcomes in the order in which they are asked; the first that applies is the row's."""

    FIELD_ERROR = "FIELD_ERROR"
    DUPLICATE_IN_FILE = "DUPLICATE_IN_FILE"
    NOT_INSURED_HERE = "NOT_INSURED_HERE"
    BLOCKED = "BLOCKED"
    NO_VALID_CARD = "NO_VALID_CARD"
    ALREADY_REGISTERED = "ALREADY_REGISTERED"
    REGISTERED = "REGISTERED"


@dataclass(frozen=True, slots=True)
class Wording:
    """`reason` stands in the log's brackets; `hint` says what to do."""

    reason: str
    hint: str
    hint_en: str


WORDING: Final = {
    Outcome.DUPLICATE_IN_FILE: Wording(
        "檔案內重複",
        "同一人在本檔案較前面的列已出現,只要保留一列。",
        "An earlier row of this file already holds this person: one row is enough.",
    ),
    Outcome.NOT_INSURED_HERE: Wording(
        "非該單位在保保險對像",
        "加保申報後約1個工作天(網路)或約8個工作天(書面)入檔,入檔後請將檔名日期改為當日再送。",
        "Not covered by this unit. A new enrolment shows after about 1 (online) or 8 (paper) working days; "
        "then send again under that day's date.",
    ),
    Outcome.BLOCKED: Wording(
        "無法註冊,請本人洽健保署",
        "請本人攜帶身分證明文件至健保署聯合服務中心洽詢。",
        "The person should ask at a service counter, with an identity document.",
    ),
    Outcome.NO_VALID_CARD: Wording(
        "查無有效健保卡",
        "請本人先申請或換發健保卡,領到新卡後再送。",
        "The person needs a valid NHI card first; then send again.",
    ),
    Outcome.ALREADY_REGISTERED: Wording(
        "你已做過申請",
        "此人先前已註冊或申請中,不必重送;忘記密碼請用「忘記註冊密碼」。",
        "Already registered or applied for: nothing to do.",
    ),
}

SUCCESS_TEXT: Final = "網路服務註冊成功!"
NOT_STORED: Final = "不入檔!"


def outcome_text(outcome: Outcome, pieces: str = "") -> str:
    """The log's words of one outcome; `pieces` are the field errors' own, in the order ID, e-mail, phone.

    >>> outcome_text(Outcome.NOT_INSURED_HERE)
    '(非該單位在保保險對像)不入檔!'
    """
    if outcome is Outcome.REGISTERED:
        return SUCCESS_TEXT
    reason = pieces if outcome is Outcome.FIELD_ERROR else WORDING[outcome].reason
    return f"({reason}){NOT_STORED}"


def opening_line(at: datetime) -> str:
    """The log's first line (seed text)."""
    return f"{time_of_day(at)} 開始執行..."


def closing_line(at: datetime, *, rows: int, registered: int) -> str:
    """The log's last line (ours)."""
    return f"{time_of_day(at)} 執行完畢,共{rows}筆:成功{registered}筆,不入檔{rows - registered}筆。"


def refused_line(at: datetime, message: str) -> str:
    """The only further line of a refused file's log; `message` ends with 整批不入檔!"""
    return f"{time_of_day(at)} {message}"
