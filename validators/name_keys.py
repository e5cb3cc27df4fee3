"""Keys of names of people and places: two spellings of one name have the same key."""

from __future__ import annotations

import unicodedata
from typing import Final

from validators.characters import BLANKS, DASHES, QUOTES

_DROPPED: Final = str.maketrans("", "", BLANKS + DASHES + QUOTES + "・·‧•.,")
_VARIANTS: Final = str.maketrans("台巿", "臺市")  # the second looks like 市 and comes from some input methods


def place_key(text: str) -> str:
    """Returns the key of a place name: after NFKC, without blanks, dots, dashes and quotes, with 臺 for 台.

    >>> place_key(" 台北市") == place_key("臺北市")
    True
    """
    return _bare(text).translate(_VARIANTS)


def name_key(text: str) -> str:
    """Returns the key of a person's name: after NFKC, without blanks, dots, dashes and quotes, in one case.

    >>> name_key("Lin Yi-An") == name_key("LIN YI AN")
    True
    """
    return _bare(text).casefold()


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_DROPPED)
    return unicodedata.normalize("NFKC", folded)  # a blank between a letter and its mark may be gone now
