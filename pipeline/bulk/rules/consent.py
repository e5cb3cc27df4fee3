"""The people's consent to being registered by their unit, as far as the unit declares it (seed 004)."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Consent(StrEnum):
    """Where the declaration stands that came with a batch; recorded with it, and kept when the rows go."""

    NONE = "none"
    MAIL = "mail"
    STANDING = "standing"


# What a unit writes into the mail's text; the words of seed 004, in the unit's mouth.
SENTENCE: Final = "名冊內人員均經本人同意委由本單位代為申請註冊"
# So the refusal asks for it; who answers with our letter below has not declared it by that.
_ASKED_FOR: Final = re.compile(r"寫明「[^」]*」?")
_DECLARED: Final = re.compile(r"(?<!未)經本人同意,?委由(?:本|投保)?單位[^。!?]{0,40}代為申請註冊")


def declares_consent(text: str) -> bool:
    """Whether a mail's own text declares it; blanks, line ends and widths do not matter.

    >>> declares_consent("名冊內人員均經本人同意 委由本單位\\n代為申請註冊。"), declares_consent("請註冊")
    (True, False)
    """
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return _DECLARED.search(_ASKED_FOR.sub("", folded)) is not None
