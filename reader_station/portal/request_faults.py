"""Requests that the portal refuses before it looks at what they want; accounts have their own notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.words import Notice


@dataclass(frozen=True, slots=True)
class RequestFault:
    """One way to be refused: the HTTP status and what the person reads."""

    status: int
    notice: Notice


class RequestRefused(Exception):
    """The request is refused; the text is the code alone."""

    def __init__(self, fault: RequestFault) -> None:
        super().__init__(fault.notice.code)
        self.fault: Final = fault


FORM: Final = RequestFault(
    400,
    Notice(
        code="FORM",
        title="送出的資料不完整或格式不符",
        what_to_do="請回上一頁檢查後再送出。",
        title_en="What was sent is incomplete or malformed",
        what_to_do_en="Go back, check the form and send it again.",
    ),
)
UNKNOWN_KEY: Final = RequestFault(
    403,
    Notice(
        code="STATION_KEY",
        title="無法辨識此讀卡站",
        what_to_do="讀卡站金鑰無效或已停用，請通知系統管理人員。",
        title_en="This station is not known",
        what_to_do_en="Its key is wrong or was revoked: please tell the operators.",
    ),
)
PAGE_EXPIRED: Final = RequestFault(
    403,
    Notice(
        code="PAGE_EXPIRED",
        title="網頁已失效",
        what_to_do="請回上一頁重新整理後再按一次；瀏覽器須允許本網站的 Cookie。",
        title_en="This page is out of date",
        what_to_do_en=(
            "Go back, reload the page and press the button again; the browser must allow our cookies."
        ),
    ),
)
NOT_FOUND: Final = RequestFault(
    404,
    Notice(
        code="NOT_FOUND",
        title="找不到網頁",
        what_to_do="請檢查網址是否完整；從信中複製時，請整行複製。",
        title_en="There is no such page",
        what_to_do_en="Check that the address is complete; copy the whole line from the mail.",
    ),
)
METHOD: Final = RequestFault(
    405,
    Notice(
        code="METHOD",
        title="網頁無法這樣開啟",
        what_to_do="請回首頁，從連結重新進入。",
        title_en="The page cannot be opened this way",
        what_to_do_en="Please start again from the front page.",
    ),
)
TOO_LARGE: Final = RequestFault(
    413,
    Notice(
        code="TOO_LARGE",
        title="檔案太大",
        what_to_do="超過一次可以檢查的大小。名冊通常只有幾百 KB，請確認選到的是CSV檔；或分成數個檔案。",
        title_en="Too large",
        what_to_do_en=(
            "This is more than can be checked at a time. A list of people is rarely larger than some "
            "hundred KB: make sure that you chose the CSV file, or split it."
        ),
    ),
)
BROKEN: Final = RequestFault(
    500,
    Notice(
        code="BROKEN",
        title="系統發生錯誤",
        what_to_do="很抱歉，這不是您的問題。請稍後再試一次。",
        title_en="Something went wrong here",
        what_to_do_en="We are sorry; it is not your fault. Please try again later.",
    ),
)
AWAY: Final = RequestFault(
    503,
    Notice(
        code="AWAY",
        title="系統暫時無法服務",
        what_to_do="請過幾分鐘再試一次，您的資料沒有變動。",
        title_en="Out of service for the moment",
        what_to_do_en="Please try again in a few minutes; nothing of yours was changed.",
    ),
)

ALL_FAULTS: Final = (FORM, UNKNOWN_KEY, PAGE_EXPIRED, NOT_FOUND, METHOD, TOO_LARGE, BROKEN, AWAY)
# What the framework's own errors are answered with, by their status.
BY_STATUS: Final = {fault.status: fault for fault in ALL_FAULTS if fault.status != 403}
