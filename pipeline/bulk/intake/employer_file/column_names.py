"""The names that employers give to the three needed columns, and how any column's name is shown."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

NAME_LENGTH: Final = 40
_COMPARED: Final = 1_000  # characters; a name is never longer, and NFKC may make text 18 times as long

_BRACKETED: Final = re.compile(r"\([^()]*\)")
_ONE_SPELLING: Final = (("連絡", "聯絡"), ("身份", "身分"))


def _aliases(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The column's own name (docs/rules.md 1), then its aliases, as `_comparable` leaves them.
NEEDED: Final = {
    "身分證號": _aliases(
        """
        身分證號 身分證字號 身分證號碼 身分證 身分證統一編號 國民身分證統一編號 國民身分證號
        統一證號 外來人口統一證號 居留證統一證號 身分證號或統一證號 身分證字號或統一證號
        id idno idnumber nationalid nationalidnumber identitynumber personalid
        """
    ),
    "電子郵件": _aliases(
        """
        電子郵件 電子郵件信箱 電子郵件地址 電子郵件帳號 電子信箱 電子郵箱 電郵 信箱
        email emailaddress mail
        """
    ),
    "手機(或聯絡電話)": _aliases(
        """
        手機或聯絡電話 手機 手機號碼 手機電話 行動電話 行動電話號碼 行動電話或聯絡電話
        聯絡電話 聯絡電話或手機 聯絡手機 電話 電話號碼
        phone phoneno phonenumber mobile mobileno mobilenumber mobilephone cell cellphone
        tel telno telephone telephonenumber contactphone contactnumber
        """
    ),
}
HEADER: Final = ",".join(NEEDED)


def is_called(name: str, aliases: frozenset[str]) -> bool:
    """Whether a name is one of the aliases, with or without its remark in brackets."""
    text = folded(name)
    return _comparable(text) in aliases or _comparable(_BRACKETED.sub("", text)) in aliases


def folded(cell: str) -> str:
    """Returns the beginning of a cell with full-width characters made half-width (NFKC)."""
    text = cell[:_COMPARED]
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def shown(cell: str) -> str:
    """Returns a column's name fit to be shown: as typed, on one line, at most 40 characters, no controls."""
    text = "".join(" " if character.isspace() else character for character in cell[:_COMPARED])
    visible = (character for character in text if not unicodedata.category(character).startswith("C"))
    return " ".join("".join(visible).split())[:NAME_LENGTH]


def _comparable(text: str) -> str:
    """Letters and digits only, case folded, with one spelling of words that have two."""
    key = "".join(filter(str.isalnum, text.casefold()))
    for other, chosen in _ONE_SPELLING:
        key = key.replace(other, chosen)
    return key
