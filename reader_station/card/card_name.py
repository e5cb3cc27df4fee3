"""The name field of the card: 20 bytes of CP950, padded, sometimes cut, some with user-defined characters.

An unknown character is no error: it is shown as 〓 and the name counts as incomplete. Python's `big5hkscs`
reads such a pair as another, plausible character, so it is not used for legal names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

FIELD_BYTES: Final = 20
UNREADABLE: Final = "〓"
REPLACEMENT: Final = "\ufffd"
_BLANK: Final = " \u3000"

# Windows' CP950 maps its user-defined pairs to private use: (first pair, last pair, first character), with
# the trail bytes 40-7E and A1-FE of each lead byte (docs/card.md 3).
_PRIVATE_RANGES: Final = (
    (0xFA40, 0xFEFE, 0xE000),
    (0x8E40, 0xA0FE, 0xE311),
    (0x8140, 0x8DFE, 0xEEB8),
    (0xC6A1, 0xC8FE, 0xF6B1),
)
_PRIVATE_USE: Final = ("\ue000", "\uf8ff")
_TRAILS_LOW: Final = range(0x40, 0x7F)
_TRAILS_HIGH: Final = range(0xA1, 0xFF)
_LEADS: Final = range(0x81, 0xFF)
_TRAILS: Final = len(_TRAILS_LOW) + len(_TRAILS_HIGH)


def decode_name(field: bytes) -> tuple[str, bool]:
    """The 20-byte field to (name, is it incomplete?).

    User-defined pairs become private use, other unknown bytes U+FFFD. The name ends at the first NUL; blanks
    at both ends are stripped. A field without room left may have been cut by the card's issuer, so that name
    counts as incomplete too; a lone lead byte at its end is dropped.

    >>> decode_name("王小明".encode("cp950").ljust(20, bytes(1)))
    ('王小明', False)
    """
    used = field[:FIELD_BYTES].split(b"\0", 1)[0]
    characters = list(_characters(used))
    is_cut = bool(characters) and characters[-1] == ""
    name = "".join(characters).strip(_BLANK)
    is_full = len(used) == FIELD_BYTES and not used.endswith((b" ", "\u3000".encode("cp950")))
    return name, is_cut or is_full or not name or any(map(_is_unreadable, name))


def shown_name(name: str) -> str:
    """The name as people see it, with 〓 for each unreadable character.

    >>> shown_name("王\\ue000明")
    '王〓明'
    """
    return "".join(UNREADABLE if _is_unreadable(character) else character for character in name)


def _is_unreadable(character: str) -> bool:
    return character == REPLACEMENT or _PRIVATE_USE[0] <= character <= _PRIVATE_USE[1]


def _characters(used: bytes) -> Iterator[str]:
    """One text a character; the last is empty for a lead byte without its trail byte."""
    place = 0
    while place < len(used):
        lead = used[place]
        trail = used[place + 1] if place + 1 < len(used) else None
        if lead not in _LEADS:
            yield chr(lead) if 0x20 <= lead < 0x7F else REPLACEMENT
            place += 1
        elif trail is None:
            yield ""
            place += 1
        elif trail in _TRAILS_LOW or trail in _TRAILS_HIGH:
            yield _decode_pair(lead, trail)
            place += 2
        else:  # only the lead byte is broken; the next byte may begin a character
            yield REPLACEMENT
            place += 1


def _decode_pair(lead: int, trail: int) -> str:
    try:
        return bytes((lead, trail)).decode("cp950")
    except UnicodeDecodeError:
        return _to_private_use(lead, trail)


def _to_private_use(lead: int, trail: int) -> str:
    pair = lead << 8 | trail
    for first, last, character in _PRIVATE_RANGES:
        if first <= pair <= last:
            return chr(character + _pair_index(lead, trail) - _pair_index(first >> 8, first & 0xFF))
    return REPLACEMENT


def _pair_index(lead: int, trail: int) -> int:
    """How many pairs come before this one, counted from lead byte 0."""
    low = trail - _TRAILS_LOW.start
    return lead * _TRAILS + (low if trail in _TRAILS_LOW else trail - _TRAILS_HIGH.start + len(_TRAILS_LOW))
