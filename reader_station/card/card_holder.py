"""The basic data of an NHI card: 57 bytes to a card holder.

Layout (docs/card.md 2): 12 card number, 20 name, 10 ID number, 7 birth date, 1 sex, 7 date of issue; both
dates are ROC dates. Some cards hold more, a cancel mark and a phone, which is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NoReturn

from reader_station.card import card_name
from reader_station.card.card_errors import BASIC_DATA, CardFault
from validators import person_id, roc_date
from validators.faults import TextRefused
from validators.personal_data import CardNumber, PersonalId

Sex = Literal["M", "F"]

BASIC_DATA_BYTES: Final = 57
_CARD_NUMBER: Final = slice(0, 12)
_NAME: Final = slice(12, 32)
_ID: Final = slice(32, 42)
_BIRTH_DATE: Final = slice(42, 49)
_SEX: Final = slice(49, 50)
_ISSUE_DATE: Final = slice(50, 57)
_CARD_NUMBER_SHAPE: Final = re.compile(r"[0-9]{12}")
_SEXES: Final[dict[str, Sex]] = {"M": "M", "F": "F"}


@dataclass(frozen=True, slots=True, repr=False)
class CardHolder:
    """The person named on a card. All of it can be copied: it identifies and never authenticates.

    `name` is as people see it, with 〓 for what cannot be read; `raw_name` is the card's own 20 bytes.
    """

    card_number: CardNumber
    name: str
    name_incomplete: bool
    national_id: PersonalId
    birth_date: date
    sex: Sex
    issue_date: date
    raw_name: bytes

    @property
    def masked_name(self) -> str:
        """The first and, of three or more, the last character."""
        return mask_name(self.name)

    def __repr__(self) -> str:
        return f"CardHolder({self.card_number}, {self.masked_name}, {self.national_id})"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a CardHolder is not to be pickled")


def mask_name(name: str) -> str:
    """The first character, circles, and of three or more the last.

    >>> mask_name("王小明"), mask_name("林美"), mask_name("李")
    ('王○明', '林○', '○')
    """
    if len(name) < 2:
        return "○" * len(name)
    return name[0] + "○" + name[-1] if len(name) > 2 else name[0] + "○"


def parse_basic_data(data: bytes) -> CardHolder:
    """57 bytes (or more) of basic data to a card holder.

    The ID number is judged by its shape alone: the register knows whether it exists.

    Raises:
        CardFault: 8011; never because of a name.
    """
    if len(data) < BASIC_DATA_BYTES:
        raise CardFault(BASIC_DATA, f"{len(data)} of {BASIC_DATA_BYTES} bytes")
    name, is_incomplete = card_name.decode_name(data[_NAME])
    return CardHolder(
        card_number=_card_number(_ascii_text(data, _CARD_NUMBER)),
        name=card_name.shown_name(name),
        name_incomplete=is_incomplete,
        national_id=_national_id(_ascii_text(data, _ID)),
        birth_date=_roc_day(_ascii_text(data, _BIRTH_DATE), "birth date"),
        sex=_sex_of(_ascii_text(data, _SEX)),
        issue_date=_roc_day(_ascii_text(data, _ISSUE_DATE), "date of issue"),
        raw_name=data[_NAME],
    )


def _ascii_text(data: bytes, part: slice) -> str:
    if not data[part].isascii():
        raise CardFault(BASIC_DATA, "bytes that are no ASCII")
    return data[part].decode("ascii")


def _card_number(text: str) -> CardNumber:
    if not _CARD_NUMBER_SHAPE.fullmatch(text):
        raise CardFault(BASIC_DATA, "card number")
    return CardNumber(text)


def _national_id(text: str) -> PersonalId:
    if not person_id.has_id_shape(text):
        raise CardFault(BASIC_DATA, "ID number")
    return PersonalId(text)


def _roc_day(text: str, what: str) -> date:
    try:
        return roc_date.parse(text)
    except TextRefused:
        raise CardFault(BASIC_DATA, what) from None


def _sex_of(text: str) -> Sex:
    if text not in _SEXES:
        raise CardFault(BASIC_DATA, "sex")
    return _SEXES[text]
