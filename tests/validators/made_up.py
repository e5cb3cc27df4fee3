"""Made-up IDs and cells, and what people and spreadsheets do to them."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from validators.id_number import LETTER_ORDER, check_digit_fits
from validators.resident_id import OLD_SECOND_LETTERS


def person_id(letter: str, second: str, middle: int) -> str:
    """The ID of these parts (middle: seven digits), with the check digit that fits."""
    digits = OLD_SECOND_LETTERS.get(second, second) + f"{middle:07}"
    check = next(digit for digit in string.digits if check_digit_fits(letter, digits + digit))
    return f"{letter}{second}{middle:07}{check}"


PERSON_IDS = st.builds(
    person_id, st.sampled_from(LETTER_ORDER), st.sampled_from("1289ABCD"), st.integers(0, 9_999_999)
)

_LOCAL = st.text(string.ascii_letters + string.digits + "._+-'", min_size=1, max_size=12)
_DOMAIN = st.sampled_from(
    [
        "example.com",
        "Example.COM",
        "mail.example.com.tw",
        "ex--ample.com",
        "xn--fsqu00a.com",
        "例え.テスト",
        "a.test",
    ]
) | st.text(string.ascii_letters + string.digits + ".-", min_size=1, max_size=20)
EMAILS = (
    st.builds("{}@{}".format, _LOCAL, _DOMAIN)
    | st.builds("{}@example.com".format, st.sampled_from(["info", "INFO", "Sales", "o'lin", ".lin", "lin."]))
    | st.builds("{}@example.com".format, st.text("ab", min_size=50, max_size=70))
)

_DIGITS = st.text(string.digits, max_size=11)
PHONES = (
    st.builds("09{}".format, st.from_regex(r"[0-9]{8}", fullmatch=True))
    | st.builds(
        "{}{}".format,
        st.sampled_from(["02", "(03)", "04-", "+886 2 ", "070", "0800", "+886-", "00886"]),
        _DIGITS,
    )
    | st.builds(
        "{}{}{}".format, _DIGITS, st.sampled_from(["#", " 分機", "轉", "ext.", "/", "-", ".", "x"]), _DIGITS
    )
    | st.from_regex(r"[1-9][0-9]{7,10}(\.0{0,2})?", fullmatch=True)
    | st.from_regex(r"[0-9 ()+./#-]{1,20}", fullmatch=True)
    | st.from_regex(r"[0-9]\.[0-9]{0,3}[eE]\+?[0-9]{1,2}", fullmatch=True)
)

_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_TOUCHES = (
    str.lower,
    str.upper,
    lambda text: text + " ",
    lambda text: "\ufeff" + text,
    lambda text: "'" + text,
    lambda text: f'="{text}"',
    lambda text: f'"{text}"',
    lambda text: text.translate(_FULL_WIDTH),
    lambda text: text.replace("-", "‑"),
    lambda text: text[:3] + " " + text[3:],
    lambda text: text[:4] + "\u200b" + text[4:],
    lambda text: text[:5] + "\n" + text[5:],
    lambda text: text + "," + text,
    lambda text: text + " " * 600 + "1",
    lambda text: text[:-1],
)


def touched(cells: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Cells as they are, with up to two things done to them, or any text at all."""
    once = st.builds(lambda cell, touch: touch(cell), cells, st.sampled_from(_TOUCHES))
    twice = st.builds(lambda cell, touch: touch(cell), once, st.sampled_from(_TOUCHES))
    return cells | once | twice | st.text(max_size=15)
