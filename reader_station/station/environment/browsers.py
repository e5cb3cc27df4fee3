"""The browser of a request, and the browser settings that the administration's old check asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# The oldest version that the pages are made for: all of 2022 or 2023, the last ones of Windows 7 and 8.
OLDEST: Final = {"Edge": 109, "Opera": 95, "Firefox": 115, "Chrome": 109, "Safari": 16}
# First match wins: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_MARKS: Final = (
    ("Internet Explorer", re.compile(r"(?:MSIE |Trident/.*rv:)([0-9]+)")),
    ("Edge", re.compile(r"Edg(?:A|iOS)?/([0-9]+)")),
    ("Opera", re.compile(r"OPR/([0-9]+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/([0-9]+)")),
    ("Chrome", re.compile(r"(?:Headless)?Chrom(?:e|ium)/([0-9]+)")),
    ("Safari", re.compile(r"Version/([0-9]+).* Safari/")),
)


@dataclass(frozen=True, slots=True)
class Browser:
    """Name and main version; an empty name for one we do not know."""

    name: str
    version: int

    @property
    def is_fine(self) -> bool:
        """Is it one the pages are made for?"""
        return self.name in OLDEST and self.version >= OLDEST[self.name]


def browser_of(user_agent: str) -> Browser:
    """What a User-Agent says.

    >>> browser_of("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36")
    Browser(name='Chrome', version=140)
    >>> browser_of("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko").is_fine
    False
    """
    for name, mark in _MARKS:
        found = mark.search(user_agent[:1000])
        if found:
            return Browser(name, int(found[1]))
    return Browser("", 0)


@dataclass(frozen=True, slots=True)
class OldSetting:
    """A setting of the old check (seed 001) and what became of it."""

    number: int
    name: str
    now: str
    name_en: str
    now_en: str


_NO_ACTIVEX: Final = "不再需要：改由本機讀卡程式讀卡，網頁不使用 ActiveX。"
_NO_ACTIVEX_EN: Final = "No longer needed: this program reads the card; the page uses no ActiveX."

OLD_SETTINGS: Final = (
    OldSetting(1, "下載簽名的ActiveX控制項", _NO_ACTIVEX, "Download signed ActiveX controls", _NO_ACTIVEX_EN),
    OldSetting(
        2,
        "下載未簽署的ActiveX控制項",
        "不再需要，請改回停用。",
        "Download unsigned ActiveX controls",
        "No longer needed: turn it off again.",
    ),
    OldSetting(
        3, "自動提示ActiveX控制項", _NO_ACTIVEX, "Automatic prompting for ActiveX controls", _NO_ACTIVEX_EN
    ),
    OldSetting(
        4,
        "起始不標示為安全的ActiveX控制項",
        "不再需要，請改回停用。",
        "Initialise ActiveX controls not marked as safe",
        "No longer needed: turn it off again.",
    ),
    OldSetting(
        5, "執行ActiveX控制項與插件", _NO_ACTIVEX, "Run ActiveX controls and plug-ins", _NO_ACTIVEX_EN
    ),
    OldSetting(
        6, "標示為安全的ActiveX控制項", _NO_ACTIVEX, "Script ActiveX controls marked as safe", _NO_ACTIVEX_EN
    ),
    OldSetting(
        7,
        "指令碼處理-Active Scripting",
        "仍需要：瀏覽器允許 JavaScript（上表「網頁程式」）。",
        "Active Scripting",
        "Still needed: JavaScript is allowed (row “Page script” above).",
    ),
    OldSetting(
        8,
        "指令碼處理-Java Applets的指令碼化",
        "不再需要：不使用 Java。",
        "Scripting of Java applets",
        "No longer needed: no Java is used.",
    ),
    OldSetting(
        9,
        "允許網頁使用受限制的通訊協定於主動式內容",
        "不再需要：網頁與讀卡程式都在本機。",
        "Restricted protocols for active content",
        "No longer needed: page and reader program are on this computer.",
    ),
    OldSetting(
        10,
        "僅允許認可的網域使用ActiveX而不提示",
        _NO_ACTIVEX,
        "Only approved domains use ActiveX without prompt",
        _NO_ACTIVEX_EN,
    ),
    OldSetting(
        11,
        "加入信任網站",
        "由啟動網址的一次啟動密碼取代；其他網頁無法讀取您的卡片。",
        "Add to trusted sites",
        "Replaced by the secret in the start address; no other page can read your card.",
    ),
    OldSetting(
        12,
        "相容性檢視設定",
        "不再需要：請使用目前版本的瀏覽器（上表「瀏覽器」）。",
        "Compatibility view",
        "No longer needed: use a current browser (row “Browser” above).",
    ),
    OldSetting(
        13,
        "使用快顯封鎖程式",
        "可以啟用：本站不必開啟新視窗（上表「快顯視窗」僅供參考）。",
        "Pop-up blocker",
        "May be on: no page here needs a pop-up (row “Pop-ups” above is for information).",
    ),
    OldSetting(
        14,
        "隱私權-開啟快顯封鎖程式",
        "可以啟用，同上一項。",
        "Privacy: turn on the pop-up blocker",
        "May be on, as above.",
    ),
)
