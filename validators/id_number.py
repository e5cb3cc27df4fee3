"""What the three kinds of ID number share: the letters and the check digit.

Ten characters: a letter for the place of issue, one character for the kind and the sex, seven digits, a check
digit. Issued by household registration offices (national ID) and the National Immigration Agency (resident).
"""

from __future__ import annotations

from operator import mul
from typing import Final

LENGTH: Final = 10

# The letter stands for two digits, 10 to 35, in the order of the Ministry of the Interior (I and O last).
LETTER_ORDER: Final = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
LETTER_CODES: Final = {letter: code for code, letter in enumerate(LETTER_ORDER, start=10)}

# Weights of the nine characters after the letter; the letter's own two digits weigh 1 and 9.
WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 1, 1)


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
