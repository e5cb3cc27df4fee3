"""Clean texts: what spreadsheets and copying leave in a cell is dropped, and every repair is named."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Final, NamedTuple

from validators.characters import BLANKS, ZERO_WIDTH
from validators.codes import Code, RepairCode

# No good value is longer (an address has at most 254 characters), so longer texts are not normalised.
MAX_LENGTH: Final = 512

_DROP_ZERO_WIDTH: Final = str.maketrans("", "", ZERO_WIDTH)
_DROP_BLANKS: Final = str.maketrans("", "", BLANKS)
# Only ASCII letters become capitals: `str.upper` would also turn a dotless i into I.
_UPPER: Final = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
_PLACES: Final = {repair: place for place, repair in enumerate(RepairCode)}
_GUARD: Final = re.compile(r"\A'|\A=\"(?=.*\"\Z)", re.DOTALL)


class Cleaned(NamedTuple):
    """A normalised value and the repairs it took, in the order of `RepairCode`."""

    value: str
    repairs: tuple[RepairCode, ...] = ()


class Checked(NamedTuple):
    """A judged text: the value as far as it could be normalised, its fault or None, its repairs.

    A value with a fault lists no repairs: it is not used.
    """

    value: str
    fault: Code | None = None
    repairs: tuple[RepairCode, ...] = ()


def clean(text: str) -> Cleaned:
    """Strip outer blanks and text guards (a leading ', ="...") and fold full-width forms (NFKC).

    Repairs: full_width, quotes, spaces. A text of more than 512 characters is only stripped.
    Source: docs/rules.md 2.

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
    """Clean a text that is a number with letters: inner blanks go too, ASCII letters become capitals.

    Repairs: spaces, full_width, quotes, lower_case.

    >>> clean_number(" a12345 6789")
    Cleaned(value='A123456789', repairs=('lower_case', 'spaces'))
    """
    cleaned = clean(text)
    if len(cleaned.value) > MAX_LENGTH:
        return cleaned
    repairs = set(cleaned.repairs)
    # Folded again: a blank between a letter and its mark may be gone now.
    value = unicodedata.normalize("NFKC", without_zero_width(cleaned.value).replace(" ", ""))
    if value != cleaned.value:
        repairs.add(RepairCode.SPACES)
    raised = value.upper() if value.isascii() else value.translate(_UPPER)
    if raised != value:
        repairs.add(RepairCode.LOWER_CASE)
    return Cleaned(raised, in_order(repairs))


def judged(cleaned: Cleaned, fault: Code | None) -> Checked:
    """Returns a normalised value with its fault, and with its repairs where there is none."""
    return Checked(cleaned.value, fault, () if fault else cleaned.repairs)


def without_zero_width(text: str) -> str:
    """Returns the text without characters that take no room, inner ones too."""
    return text if text.isascii() else text.translate(_DROP_ZERO_WIDTH)


def in_order(repairs: set[RepairCode]) -> tuple[RepairCode, ...]:
    """Returns the repairs in the order of `RepairCode`, so that equal sets print equally."""
    return tuple(sorted(repairs, key=_PLACES.__getitem__))


def _visible(text: str) -> str:
    return text.translate(_DROP_BLANKS)


def _without_guards(value: str) -> str:
    """The value without a leading ' and without ="..." around it, nested ones too."""
    while guard := _GUARD.match(value):
        value = value[1:] if guard.group() == "'" else value[2:-1]
        value = value.strip(BLANKS)
    return value
