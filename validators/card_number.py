"""Card number of an NHI card (健保卡卡號): twelve digits, text (it starts with zeros); the insurer gives it.

No check digit rule is public; which number is a person's valid one is for the register to say.
"""

from __future__ import annotations

import re
from typing import Final

LENGTH: Final = 12

_SHAPE: Final = re.compile(r"[0-9]{12}")


def is_valid(text: str) -> bool:
    """Whether the text is twelve ASCII digits.

    >>> is_valid("000070000013"), is_valid("70000013"), is_valid("００００７００００００1")
    (True, False, False)
    """
    return _SHAPE.fullmatch(text) is not None
