"""Why a mail gets no answer, in words for operators; the codes stand with the mail in the database."""

from __future__ import annotations

from typing import Final

_SENTENCES: Final = {
    "AUTO_SUBMITTED": "自動產生的信件（Auto-Submitted）",
    "PRECEDENCE": "大量或群組信件（Precedence）",
    "LIST": "郵寄清單",
    "NULL_RETURN_PATH": "退信類信件（空白寄件人），不是本系統寄出的信",
    "REPORT": "郵件系統的報告，不是本系統寄出的信",
    "AUTOREPLY": "自動回覆",
    "OWN_ADDRESS": "寄件人是本系統自己的信箱",
    "UNREADABLE": "信件格式無法解讀",
    "UNKNOWN_SENDER": "寄件人不是任何投保單位登記的聯絡人",
    "FROM_UNUSABLE": "寄件人欄位（From）不合格或不只一個",
    "NO_OWN_RESULT": "沒有本機關郵件閘道的驗證結果，請檢查閘道設定（Authentication-Results）",
    "SPF_FAIL": "SPF驗證失敗，可能是冒名信件",
    "DKIM_FAIL": "DKIM簽章不符，內容可能遭竄改",
    "DMARC_FAIL": "DMARC驗證失敗，可能是冒名信件",
    "DMARC_OTHER_DOMAIN": "DMARC結果屬於其他網域，可能是冒名信件",
    "DMARC_CONTRADICTION": "驗證結果互相矛盾，請檢查閘道設定",
}


def sentence(code: str) -> str:
    """What operators read for a code.

    >>> sentence("DMARC_TEMPERROR")
    '寄件網域的DMARC查詢失敗（DMARC_TEMPERROR）。'
    """
    return f"{_SENTENCES.get(code) or f'寄件網域的DMARC查詢失敗（{code}）'}。"
