"""Names of people and places in the form in which two spellings of one name meet."""

from __future__ import annotations

import unicodedata
from typing import Final

from validators.characters import BLANKS, DASHES, QUOTES

_DROPPED: Final = str.maketrans("", "", BLANKS + DASHES + QUOTES + "・·‧•.,")
_VARIANTS: Final = str.maketrans("台巿", "臺市")  # the second is a look-alike of 市 that some fonts offer


def place_key(text: str) -> str:
    """The key of a place name: without blanks, dots and hyphens, after NFKC, with 台 as 臺.

    >>> place_key(" 台北市") == place_key("臺北市")
    True
    """
    return _bare(text).translate(_VARIANTS)


def name_key(text: str) -> str:
    """The key of a person's name: without blanks, dots and hyphens, after NFKC, in one case.

    >>> name_key("Lin Yi-An") == name_key("LIN YI AN")
    True
    """
    return _bare(text).casefold()


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_DROPPED)
    return unicodedata.normalize("NFKC", folded)  # a blank that went may have kept a mark from its letter
