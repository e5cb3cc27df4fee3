"""Every error at the reader, once: its code, its wording, and what the person does next (docs/rules.md 5).

The codes are those of the administration's own web component (docs/card.md 5). The clinics' control software
is another family, in which some numbers mean something else, so the key is (family, code).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.words import Notice

WEB: Final = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardError(Notice):
    """One error of a card or reader. `what_to_do` holds one piece of advice a line."""

    family: str

    @property
    def advice(self) -> tuple[str, ...]:
        """What to do, one step after the other (zh-TW)."""
        return tuple(self.what_to_do.splitlines())

    @property
    def advice_en(self) -> tuple[str, ...]:
        """What to do, one step after the other (English)."""
        return tuple(self.what_to_do_en.splitlines())


class CardFault(Exception):
    """The card could not be read. `cause` is PC/SC's name or a status word, never data of the card."""

    def __init__(self, error: CardError, cause: str = "") -> None:
        super().__init__(f"{error.code} ({cause})" if cause else error.code)
        self.error: Final = error
        self.cause: Final = cause


# The five advices of the administration's published questions and answers, in its words.
ADVICE: Final = (
    "卡片與讀卡機插卡處有密合度的問題,請將健保卡重新插入讀卡機後再次讀取。",
    "建議將讀卡機接到電腦後端的 USB 埠,前端 USB 埠較不穩定。",
    "請確認是否有安裝讀卡機驅動程式,或驅動程式安裝是否異常沒有完成安裝。",
    "更換讀卡機。",
    "更換健保卡。",
)
ADVICE_EN: Final = (
    "Take the NHI card out, put it in again and read once more.",
    "Plug the reader into a USB port at the back of the computer; those in front are less stable.",
    "Check that the reader's driver is installed completely.",
    "Try another reader.",
    "Try another NHI card.",
)


def _error(code: str, words: tuple[str, str], steps: Sequence[str], steps_en: Sequence[str]) -> CardError:
    """One line of the table. `words`: the title in zh-TW and English; `steps`: one piece of advice each."""
    title, title_en = words
    return CardError(
        family=WEB,
        code=code,
        title=title,
        what_to_do="\n".join(steps),
        title_en=title_en,
        what_to_do_en="\n".join(steps_en),
    )


NETWORK: Final = _error(
    "4061",
    ("資料無法透過網路送出", "The data could not be sent over the network"),
    ("可能因防火牆或代理伺服器的關係,請洽單位資訊人員確認。", "請確認網路連線正常後再試一次。"),
    (
        "A firewall or proxy may be in the way: ask your IT staff.",
        "Check that the network is up and try again.",
    ),
)
SERVICE: Final = _error(
    "7001",
    ("電腦的智慧卡服務沒有回應", "The computer's smart card service does not answer"),
    ("請開啟「電腦環境檢測」,查看智慧卡(PC/SC)服務是否已啟動。", *ADVICE),
    ("Open the environment check and see whether the smart card (PC/SC) service is running.", *ADVICE_EN),
)
NO_READER: Final = _error(
    "7002",
    ("找不到讀卡機", "No card reader was found"),
    ("請將讀卡機接上電腦。", *ADVICE),
    ("Plug the card reader into the computer.", *ADVICE_EN),
)
READER_IN_USE: Final = _error(
    "7003",
    ("讀卡機正由其他程式使用", "Another program is using the reader"),
    (
        "請關閉其他使用讀卡機的程式或網頁(例如報稅、網路銀行、診所系統),再按【讀取】。",
        "仍無法讀取時,請將讀卡機拔下再接上。",
    ),
    (
        "Close other programs or pages that use the reader (tax, banking, clinic software), then read again.",
        "If that does not help, unplug the reader and plug it in again.",
    ),
)
NO_CARD: Final = _error(
    "7004",
    ("未插入健保卡", "No NHI card is in the reader"),
    ("請將健保卡插入讀卡機。",),
    ("Put your NHI card into the reader.",),
)
NOT_AN_NHI_CARD: Final = _error(
    "8006",
    ("這張卡片不是健保卡", "This is not an NHI card"),
    ("請取出卡片,改插本人的健保卡。", "醫事人員卡、自然人憑證、金融卡不能在此使用。"),
    (
        "Take it out and put in your own NHI card.",
        "Health professional, citizen certificate and bank cards do not work here.",
    ),
)
BASIC_DATA: Final = _error(
    "8011",
    ("讀取健保卡基本資料失敗", "The card's basic data could not be read"),
    ("請將健保卡取出後重新插入,再次讀取。", "仍無法讀取時,請持健保卡洽健保署各地聯合服務中心。"),
    (
        "Take the NHI card out, put it in again and read once more.",
        "If it still fails, take the card to a joint service center of the NHI Administration.",
    ),
)
CARD_ACCESS: Final = _error(
    "8013",
    ("無法存取卡片", "The card could not be accessed"),
    ("讀取時請勿取出健保卡。", *ADVICE),
    ("Leave the NHI card in the reader while it is read.", *ADVICE_EN),
)
# The same code with another hint: the chip gave no answer that the reader understands.
CHIP_SILENT: Final = replace(
    CARD_ACCESS,
    what_to_do="\n".join(("請確認晶片朝上、方向正確,並以軟布擦拭晶片。", *ADVICE)),
    what_to_do_en="\n".join(
        ("Check that the chip faces up and goes in first, and wipe it with a soft cloth.", *ADVICE_EN)
    ),
)

ERRORS: Final = {
    (error.family, error.code): error
    for error in (
        NETWORK,
        SERVICE,
        NO_READER,
        READER_IN_USE,
        NO_CARD,
        NOT_AN_NHI_CARD,
        BASIC_DATA,
        CARD_ACCESS,
    )
}
