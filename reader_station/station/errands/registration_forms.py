"""What a person typed into the forms of a registration, as the portal is asked about it.

The portal judges. Only what cannot even be sent, a date that is none, is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pipeline.words import Notice
from reader_station.station.errands.errand import Form
from reader_station.wire import (
    Contact,
    HouseholdProof,
    NewPassword,
    PermitProof,
    RejectionNotice,
    SentProof,
    rejection,
)
from validators.cell_text import clean
from validators.roc_date import YEARS_BEFORE

LEVELS: Final = ("county", "town", "village")  # of a place; each lies in the one before
NOT_LISTED: Final = "*"  # the choice "not in the list" of a place
ROC_YEARS: Final = 1000  # a smaller year counts from 1912
LONGEST_FIELD: Final = 200

_HOUSEHOLD: Final = tuple(name for name in HouseholdProof.model_fields if name != "kind")
_PERMIT: Final = tuple(name for name in PermitProof.model_fields if name != "kind")
_PERMIT_DATES: Final = tuple(
    name for name in _PERMIT if PermitProof.model_fields[name].annotation == date | None
)
_DATE: Final = re.compile(r"([0-9]{2,4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_DATE_TOGETHER: Final = re.compile(r"([0-9]{3,4})([0-9]{2})([0-9]{2})")
_NO_DATE: Final = ("請填日期，例如 2023/05/10 或 112/05/10。", "Give a date such as 2023/05/10.")
_FIELDS: Final = Notice(
    code="FIELDS",
    title="有欄位需要更正",
    what_to_do="請更正標示的欄位後再送出。",
    title_en="Some fields need correction",
    what_to_do_en="Please correct the marked fields and send again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """The proof that a form holds, or why it holds none; and its fields as typed, to be shown again."""

    proof: SentProof | RejectionNotice = field(repr=False)
    typed: Mapping[str, str] = field(repr=False)


def household(form: Form) -> FilledForm:
    """What a national typed from the household booklet."""
    typed = _typed_fields(form, (*_HOUSEHOLD, *(f"{level}_typed" for level in LEVELS)))
    places = {level: _place_name(typed, level) for level in LEVELS}
    proof = HouseholdProof.model_validate({name: typed[name] for name in _HOUSEHOLD} | places)
    return FilledForm(proof=proof, typed=typed)


def permit(form: Form) -> FilledForm:
    """What a foreigner typed from the resident permit; a permanent one has no expiry date."""
    typed = _typed_fields(form, (*_PERMIT, "is_permanent"))
    needed = [name for name in _PERMIT_DATES if not (name == "expiry_date" and typed["is_permanent"])]
    days = {name: read_date(typed[name]) for name in needed}
    wrong = [name for name, day in days.items() if day is None]
    if wrong:
        words, words_en = (dict.fromkeys(wrong, text) for text in _NO_DATE)
        return FilledForm(proof=rejection(_FIELDS, words, words_en), typed=typed)
    others = {name: typed[name] for name in _PERMIT if name not in _PERMIT_DATES}
    return FilledForm(proof=PermitProof.model_validate(others | days), typed=typed)


def contact(form: Form) -> dict[str, str]:
    """E-mail, phone and the password twice; the passwords exactly as typed."""
    return {name: _sendable(form, name) for name in (*Contact.model_fields, *NewPassword.model_fields)}


def read_date(text: str) -> date | None:
    """A date as people write it, of our calendar or the Republic's (years below 1000); None when it is none.

    >>> read_date("2023/5/10"), read_date("112.05.10"), read_date("20230510"), read_date("May 10")
    (datetime.date(2023, 5, 10), datetime.date(2023, 5, 10), datetime.date(2023, 5, 10), None)
    """
    value = clean(text).value
    parts = _DATE.fullmatch(value) or _DATE_TOGETHER.fullmatch(value)
    if parts is None:
        return None
    year, month, day = (int(part) for part in parts.groups())
    try:
        return date(year + YEARS_BEFORE if year < ROC_YEARS else year, month, day)
    except ValueError:
        return None


def _typed_fields(form: Form, names: Iterable[str]) -> dict[str, str]:
    return {name: _sendable(form, name).strip() for name in names}


def _sendable(form: Form, name: str) -> str:
    """A field without what no keyboard types and the portal does not take: NUL, and text without end."""
    return form.get(name, "").replace("\0", "")[:LONGEST_FIELD]


def _place_name(typed: Form, level: str) -> str:
    chosen = typed[level]
    return typed[f"{level}_typed"] if chosen in {"", NOT_LISTED} else chosen
