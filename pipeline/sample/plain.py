"""What small samples are made of; needs no package, so that a station alone can use it."""

from __future__ import annotations

from typing import Final

from validators.id_number import check_digit_fits

WIDE: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}  # Unicode's full-width forms
PLACES: Final = (  # county, town, village
    ("臺北市", "大安區", "龍門里"),
    ("新北市", "板橋區", "江翠里"),
    ("桃園市", "中壢區", "中原里"),
    ("臺中市", "西屯區", "福安里"),
    ("臺南市", "東區", "東門里"),
    ("高雄市", "左營區", "新上里"),
    ("新竹縣", "竹北市", "文化里"),
    ("彰化縣", "員林市", "三義里"),
    ("屏東縣", "潮州鎮", "三共里"),
    ("花蓮縣", "壽豐鄉", "志學村"),
    ("南投縣", "埔里鎮", "大城里"),
    ("宜蘭縣", "羅東鎮", "漢民里"),
)


def check_digit(letter: str, rest: str) -> str:
    """The tenth character to a letter and eight digits.

    >>> check_digit("A", "12345678")
    '9'
    """
    return next(digit for digit in "0123456789" if check_digit_fits(letter, rest + digit))
