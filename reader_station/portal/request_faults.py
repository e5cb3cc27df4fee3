"""What the portal itself refuses, once: status and what to do, in both languages; accounts have their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PortalFault:
    """One way a request ends badly before anybody looked at what it wants."""

    code: str
    status: int
    title: str
    what_to_do: str
    title_en: str
    what_to_do_en: str


class PortalRefused(Exception):
    """The request is refused; the text is the code alone."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.fault: Final = PORTAL_FAULTS[code]


PORTAL_FAULTS: Final = {
    fault.code: fault
    for fault in (
        PortalFault(
            "FORM",
            400,
            "送出的資料不完整或格式不符",
            "請回上一頁檢查後再送出。",
            "What was sent is incomplete or malformed",
            "Go back, check the form and send it again.",
        ),
        PortalFault(
            "STATION_KEY",
            403,
            "無法辨識此讀卡站",
            "讀卡站金鑰無效或已停用，請通知系統管理人員。",
            "This station is not known",
            "Its key is wrong or was revoked: please tell the operators.",
        ),
        PortalFault(
            "PAGE_EXPIRED",
            403,
            "網頁已失效",
            "請回上一頁重新整理後再按一次；瀏覽器須允許本網站的 Cookie。",
            "This page is out of date",
            "Go back, reload the page and press the button again; the browser must allow our cookies.",
        ),
        PortalFault(
            "NOT_FOUND",
            404,
            "找不到網頁",
            "請檢查網址是否完整；從信中複製時，請整行複製。",
            "There is no such page",
            "Check that the address is complete; copy the whole line from the mail.",
        ),
        PortalFault(
            "METHOD",
            405,
            "網頁無法這樣開啟",
            "請回首頁，從連結重新進入。",
            "The page cannot be opened this way",
            "Please start again from the front page.",
        ),
        PortalFault(
            "TOO_LARGE",
            413,
            "檔案太大",
            "超過一次可以檢查的大小。名冊通常只有幾百 KB，請確認選到的是CSV檔；或分成數個檔案。",
            "Too large",
            "This is more than can be checked at a time. A list of people is rarely larger than some "
            "hundred KB: make sure that you chose the CSV file, or split it.",
        ),
        PortalFault(
            "BROKEN",
            500,
            "系統發生錯誤",
            "很抱歉，這不是您的問題。請稍後再試一次。",
            "Something went wrong here",
            "We are sorry; it is not your fault. Please try again later.",
        ),
        PortalFault(
            "AWAY",
            503,
            "系統暫時無法服務",
            "請過幾分鐘再試一次，您的資料沒有變動。",
            "Out of service for the moment",
            "Please try again in a few minutes; nothing of yours was changed.",
        ),
    )
}

# A status that the framework answers with, and what it is here.
BY_STATUS: Final = {fault.status: fault.code for fault in PORTAL_FAULTS.values() if fault.status != 403}
