"""What a person typed: from a form's fields to what the portal is asked.

The portal judges; only what cannot even be sent (a date that is none) is told here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from reader_station.station.portal_client import Refusal
from validators.cell_text import clean
from validators.roc_date import YEARS_BEFORE

Form = Mapping[str, str]
TYPED_BY_NATIONALS: Final = (
    "name",
    "household_number",
    "county",
    "county_typed",
    "town",
    "town_typed",
    "village",
    "village_typed",
    "neighbourhood",
)
TYPED_BY_FOREIGNERS: Final = ("issue_date", "expiry_date", "is_permanent", "serial")
CONTACT: Final = ("email", "phone", "password", "password_again")
NOT_LISTED: Final = "*"  # the choice "not in the list" of a place
ROC_YEARS: Final = 1000  # a smaller year counts from 1912
LONGEST: Final = 200  # of any field; a form is not for books

_DATE: Final = re.compile(r"([0-9]{2,4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_DATE_TOGETHER: Final = re.compile(r"([0-9]{3,4})([0-9]{2})([0-9]{2})")
_NO_DATE: Final = ("請填日期，例如 2023/05/10 或 112/05/10。", "Give a date such as 2023/05/10.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A proof for the portal, the fields as typed (to be shown again), and what is wrong with them."""

    proof: dict[str, Any] = field(repr=False)
    typed: dict[str, str] = field(repr=False)
    refusal: Refusal | None = None


def household(form: Form) -> Given:
    """What a national typed from the household booklet."""
    typed = _typed(form, TYPED_BY_NATIONALS)
    proof = {name: typed[name] for name in ("name", "household_number", "neighbourhood")}
    proof |= {level: _place(typed, level) for level in ("county", "town", "village")}
    return Given(proof={"kind": "household", **proof}, typed=typed)


def permit(form: Form) -> Given:
    """What a foreigner typed from the resident permit; a permanent one has no expiry date."""
    typed = _typed(form, TYPED_BY_FOREIGNERS)
    needed = ("issue_date",) if typed["is_permanent"] else ("issue_date", "expiry_date")
    days = {name: read_date(typed[name]) for name in needed}
    wrong = [name for name, day in days.items() if day is None]
    written = {name: day.isoformat() for name, day in days.items() if day is not None}
    proof = {"kind": "permit", "expiry_date": None, **written, "serial": typed["serial"]}
    return Given(proof=proof, typed=typed, refusal=_no_dates(wrong) if wrong else None)


def contact(form: Form) -> dict[str, str]:
    """E-mail, phone and the password twice; the passwords exactly as typed."""
    return {name: form.get(name, "")[:LONGEST] for name in CONTACT}


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


def _typed(form: Form, names: tuple[str, ...]) -> dict[str, str]:
    return {name: form.get(name, "").strip()[:LONGEST] for name in names}


def _place(typed: Form, level: str) -> str:
    chosen = typed[level]
    return typed[f"{level}_typed"] if chosen in {"", NOT_LISTED} else chosen


def _no_dates(names: list[str]) -> Refusal:
    zh, en = _NO_DATE
    return Refusal(
        status=400,
        code="FIELDS",
        title="有欄位需要更正",
        what_to_do="請更正標示的欄位後再送出。",
        title_en="Some fields need correction",
        what_to_do_en="Please correct the marked fields and send again.",
        fields=dict.fromkeys(names, zh),
        fields_en=dict.fromkeys(names, en),
    )
