"""A cell's text without what spreadsheets and copying leave around it."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Final, NamedTuple

from validators.characters import BLANKS, ZERO_WIDTH
from validators.codes import Code, RepairCode

# No good value is longer (an address has at most 254 characters); what is longer is not worth the work.
MAX_LENGTH: Final = 512

_DROP_ZERO_WIDTH: Final = str.maketrans("", "", ZERO_WIDTH)
_DROP_BLANKS: Final = str.maketrans("", "", BLANKS)
# Only ASCII letters are raised: `str.upper` would also turn a dotless i into I.
_UPPER: Final = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
_PLACES: Final = {repair: place for place, repair in enumerate(RepairCode)}
_GUARD: Final = re.compile(r"\A'|\A=\"(?=.*\"\Z)", re.DOTALL)


class Cleaned(NamedTuple):
    """A normalised value and the repairs it took, in the order of `RepairCode`."""

    value: str
    repairs: tuple[RepairCode, ...] = ()


class Checked(NamedTuple):
    """A judged cell: the value as far as it could be normalised, its fault's code or None, its repairs.

    A refused value tells no repairs: nothing of it is used.
    """

    value: str
    fault: Code | None = None
    repairs: tuple[RepairCode, ...] = ()


def clean(text: str) -> Cleaned:
    """Strip outer blanks and text guards and fold full-width forms (NFKC); tells spaces, quotes, full_width.

    A text of more than 512 characters is only stripped. Source: the rules of rows, "normalise first".

    >>> clean("\\ufeffA123456789 ")
    Cleaned(value='A123456789', repairs=('spaces',))
    >>> clean('="0912345678"')
    Cleaned(value='0912345678', repairs=('quotes',))
    >>> clean("０９１２")
    Cleaned(value='0912', repairs=('full_width',))
    """
    value = text.strip(BLANKS)
    repairs: set[RepairCode] = set() if len(value) == len(text) else {RepairCode.SPACES}
    if len(value) > MAX_LENGTH:
        return Cleaned(value, in_order(repairs))
    if not value.isascii():
        folded = unicodedata.normalize("NFKC", value)
        if _visible(folded) != _visible(unicodedata.normalize("NFC", value)):
            repairs.add(RepairCode.FULL_WIDTH)
        value = folded.strip(BLANKS)
    if value.startswith(("'", "=")):
        unguarded = _without_guards(value)
        if unguarded != value:
            repairs.add(RepairCode.QUOTES)
        value = unguarded
    return Cleaned(value, in_order(repairs))


def clean_number(text: str) -> Cleaned:
    """Clean a text that is a number with letters: inner blanks go too, ASCII letters are raised.

    Repairs: spaces, full_width, quotes, lower_case.

    >>> clean_number(" a12345 6789")
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


def judged(cleaned: Cleaned, fault: Code | None) -> Checked:
    """A normalised value with its verdict."""
    return Checked(cleaned.value, fault, () if fault else cleaned.repairs)


def without_zero_width(text: str) -> str:
    """The text without characters that take no room, wherever they stand."""
    return text if text.isascii() else text.translate(_DROP_ZERO_WIDTH)


def in_order(repairs: set[RepairCode]) -> tuple[RepairCode, ...]:
    """Returns the repairs in the order of `RepairCode`, so that equal sets print equally."""
    return tuple(sorted(repairs, key=_PLACES.__getitem__))


def _visible(text: str) -> str:
    return text.translate(_DROP_BLANKS)


def _without_guards(value: str) -> str:
    """Without a leading ' and without ="..." around it, however often they are nested."""
    while guard := _GUARD.match(value):
        value = value[1:] if guard.group() == "'" else value[2:-1]
        value = value.strip(BLANKS)
    return value
