"""Card holders made up for sample cards, and the bytes that their cards would give."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from reader_station.card import card_name
from reader_station.card.card_holder import CardHolder, Sex
from validators import roc_date
from validators.personal_data import CardNumber, PersonalId

# The first of Windows' user-defined pairs, which an issuer uses for a character that CP950 lacks.
USER_DEFINED: Final = b"\xfa\x40"


def made_up_holder(
    *, card_number: str, name: str, national_id: str, birth_date: date, sex: Sex, issue_date: date
) -> CardHolder:
    """The holder as read from a card: the name cut at 20 bytes, characters outside CP950 unreadable."""
    raw_name = name_field(name)
    shown, is_incomplete = _shown_name(raw_name)
    return CardHolder(
        card_number=CardNumber(card_number),
        name=shown,
        name_incomplete=is_incomplete,
        national_id=PersonalId(national_id),
        birth_date=birth_date,
        sex=sex,
        issue_date=issue_date,
        raw_name=raw_name,
    )


def with_unreadable_character(holder: CardHolder) -> CardHolder:
    """The same person with a user-defined character as the second of the name."""
    raw_name = holder.raw_name[:2] + USER_DEFINED + holder.raw_name[4:]
    shown, is_incomplete = _shown_name(raw_name)
    return replace(holder, raw_name=raw_name, name=shown, name_incomplete=is_incomplete)


def name_field(name: str) -> bytes:
    """A name as the 20 bytes of a card, NUL-padded.

    >>> name_field("林堃")[:6].hex()
    'aa4cfa400000'
    """
    encoded = b"".join(map(_encode, name))
    return encoded[: card_name.FIELD_BYTES].ljust(card_name.FIELD_BYTES, b"\0")


def write_basic_data(holder: CardHolder) -> bytes:
    """The 57 bytes of a holder's card, the inverse of `parse_basic_data`."""
    return b"".join(
        (
            holder.card_number.reveal().encode("ascii"),
            holder.raw_name,
            holder.national_id.reveal().encode("ascii"),
            roc_date.write(holder.birth_date).encode("ascii"),
            holder.sex.encode("ascii"),
            roc_date.write(holder.issue_date).encode("ascii"),
        )
    )


def _shown_name(raw_name: bytes) -> tuple[str, bool]:
    name, is_incomplete = card_name.decode_name(raw_name)
    return card_name.shown_name(name), is_incomplete


def _encode(character: str) -> bytes:
    try:
        return character.encode("cp950")
    except UnicodeEncodeError:
        return USER_DEFINED
