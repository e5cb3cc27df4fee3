"""The 14 browser settings of the administration's published environment check, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class OldSetting:
    """A setting of the published check: its number and name there, and what holds now."""

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
