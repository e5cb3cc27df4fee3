"""What a person's own password must be (rules 3): 8 to 64 characters, and nothing that strangers try first.

No rule asks for capitals, digits or marks: length is worth more, and people write those down (NIST SP
800-63B).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from pipeline.accounts.rules.common_passwords import RUNS, WORDS

SHORTEST: Final = 8
LONGEST: Final = 64
_ROC_YEARS_BEFORE: Final = 1911
_SHORTEST_TELLING: Final = 6  # a personal value shorter than this says nothing
_MARKS: Final = re.compile(r"[\W_]+")
_OUTER_DIGITS: Final = re.compile(r"\A\d+|\d+\Z")


def normalize(text: str) -> str:
    """One form of the same typed password: full-width and half-width are one (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def fault(password: str, *, birth_date: date, personal: Iterable[str]) -> str | None:
    """Why a normalised password cannot be taken, as a code of a field, or None.

    `personal`: the card number, ID, e-mail and phone, none of which it may be.

    >>> from datetime import date
    >>> fault("Passw0rd!", birth_date=date(1990, 1, 2), personal=[])
    'PASSWORD_COMMON'
    """
    if len(password) < SHORTEST:
        return "PASSWORD_SHORT"
    if len(password) > LONGEST:
        return "PASSWORD_LONG"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in password):
        return "PASSWORD_CHARACTERS"
    bare = _bare(password)
    if any(_is_mere(bare, value) for value in (*personal, *_written(birth_date))):
        return "PASSWORD_PERSONAL"
    return "PASSWORD_COMMON" if is_common(password) else None


def is_common(password: str) -> bool:
    """Whether it is a well-known word with digits and marks around it, a run of keys, or a repetition.

    >>> [is_common(text) for text in ("Taiwan2026!", "87654321", "abcabcabc", "1111111a", "shallow teapot")]
    [True, True, True, True, False]
    """
    bare = _bare(password)
    core = _OUTER_DIGITS.sub("", bare)
    return (
        not WORDS.isdisjoint((bare, core, password.casefold()))
        or len(set(bare or password)) <= 2
        or any(text in run for run in RUNS for text in (bare, password.casefold()) if text)
        or _repeats(bare)
    )


def _is_mere(bare: str, value: str) -> bool:
    """Whether a password is hardly more than that value: itself, or with up to three characters around it."""
    told = _bare(value)
    return len(told) >= _SHORTEST_TELLING and told in bare and len(bare) - len(told) <= 3


def _written(day: date) -> Iterator[str]:
    roc = day.year - _ROC_YEARS_BEFORE
    for year in (f"{day:%Y}", f"{day:%y}", f"{roc:02}", f"{roc:03}"):
        yield f"{year}{day:%m%d}"
    yield f"{day:%m%d%Y}"
    yield f"{day:%d%m%Y}"


def _bare(text: str) -> str:
    return _MARKS.sub("", text.casefold())


def _repeats(bare: str) -> bool:
    """Whether it is one to four characters over and over."""
    return any(
        bare == (bare[:size] * len(bare))[: len(bare)] for size in range(1, 5) if len(bare) >= 2 * size
    )
