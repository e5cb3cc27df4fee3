"""What the three kinds of ID number share: how they are typed, and the check digit.

Ten characters: a letter for the place of issue, one character for the kind and the sex, seven digits, a check
digit. Issued by household registration offices (national ID) and the National Immigration Agency (resident).
"""

from __future__ import annotations

import string
import unicodedata
from operator import mul
from typing import Final

from validators.cell_text import MAX_LENGTH, Cleaned, clean, in_order, without_zero_width
from validators.codes import RepairCode

LENGTH: Final = 10

# The letter stands for two digits, 10 to 35, in the order of the Ministry of the Interior (I and O last).
LETTER_ORDER: Final = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
LETTER_CODES: Final = {letter: code for code, letter in enumerate(LETTER_ORDER, start=10)}

# Weights of the nine characters after the letter; the letter's own two digits weigh 1 and 9.
WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 1, 1)

# Only ASCII letters are raised: `str.upper` would also turn a dotless i into I.
_UPPER: Final = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def normalize(text: str) -> Cleaned:
    """Strip blanks (inner ones too) and guards, fold full-width, raise to upper case.

    Repairs told: spaces, full_width, quotes, lower_case. Nothing is checked.

    >>> normalize(" a12345 6789")
    Cleaned(value='A123456789', repairs=('lower_case', 'spaces'))
    """
    cleaned = clean(text)
    if len(cleaned.value) > MAX_LENGTH:
        return cleaned
    repairs = set(cleaned.repairs)
    # Folded again: a blank that went may have kept a mark from the letter before it.
    value = unicodedata.normalize("NFKC", without_zero_width(cleaned.value).replace(" ", ""))
    if value != cleaned.value:
        repairs.add(RepairCode.SPACES)
    raised = value.upper() if value.isascii() else value.translate(_UPPER)
    if raised != value:
        repairs.add(RepairCode.LOWER_CASE)
    return Cleaned(raised, in_order(repairs))


def letter_weight(letter: str) -> int:
    """What the first letter adds to the weighted sum: its tens digit once, its units digit nine times."""
    tens, units = divmod(LETTER_CODES[letter], 10)
    return tens + 9 * units


def check_digit_fits(letter: str, digits: str) -> bool:
    """Whether the weighted sum of a letter A-Z and nine ASCII digits is divisible by ten.

    >>> check_digit_fits("A", "123456789")
    True
    """
    total = letter_weight(letter) + sum(map(mul, WEIGHTS, map(int, digits)))
    return bool(total % 10 == 0)
