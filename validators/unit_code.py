"""Unit code of an insured unit (投保單位代號): nine digits, given out by the insurance administration.

No check digit rule is public; that the code exists is for the register of units to say.
"""

from __future__ import annotations

import re
from typing import Final

LENGTH: Final = 9

_SHAPE: Final = re.compile(r"[0-9]{9}")


def is_valid(text: str) -> bool:
    """Whether the text is nine ASCII digits.

    >>> is_valid("110000001"), is_valid("11000000"), is_valid("１１００００００１")
    (True, False, False)
    """
    return _SHAPE.fullmatch(text) is not None
