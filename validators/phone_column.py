"""Phone cells judged at once: RE2 undoes written forms, the library's patterns find the kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyarrow.compute as pc
from phonenumbers import PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

from validators import phone
from validators.cell_column import (
    LONGEST_CLEAR,
    Cells,
    ColumnSheet,
    ColumnVerdict,
    Positions,
    as_mask,
    lengths,
    matches,
    positions,
    take,
)
from validators.codes import CellCode, RepairCode

FAULT_CODES: Final = (CellCode.PHONE_MISSING, CellCode.PHONE_FORMAT, CellCode.PHONE_DIGITS_LOST)

# Forms that normalise without a decision; all others go through `phone.normalize`.
_DIGITS: Final = r"0[2-9][0-9]*"
_WRITTEN: Final = r"\(?0[2-9][0-9 ()-]*[0-9)](?: *# *[0-9]+)?"
_WITH_COUNTRY_CODE: Final = r"\+886[ -]*[1-9][0-9 ()-]*[0-9)]"
_ZERO_LOST: Final = r"[1-9][0-9]{8}"
_ZERO_LOST_DECIMAL: Final = _ZERO_LOST + r"\.0+"
_SEPARATORS: Final = r"[ ()-]+"

_SCIENTIFIC: Final = r"[+-]?[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+"


def _pattern(desc: PhoneNumberDesc | None) -> str:
    """A kind's pattern of national numbers; for a kind that Taiwan does not have one that matches nothing."""
    pattern = desc.national_number_pattern if desc else None
    return f"(?:{pattern})" if pattern else r"[^\x00-\x{10FFFF}]"


_PLAN: Final = PhoneMetadata.metadata_for_region(phone.REGION)
if _PLAN is None:
    raise ImportError("phonenumbers carries no numbering plan of Taiwan")
_GENERAL: Final = f"0{_pattern(_PLAN.general_desc)}(?:#.*)?"
_MOBILE: Final = f"0{_pattern(_PLAN.mobile)}"
_LANDLINE: Final = rf"{_pattern(_PLAN.fixed_line)}(?:#[0-9]{{1,9}})?"
_OTHERS_ACCEPTED: Final = f"0(?:{_pattern(_PLAN.personal_number)}|{_pattern(_PLAN.voip)}|{_LANDLINE})"
# Kinds that the library looks for first; it decides about a number of two kinds.
_REFUSED_KINDS: Final = (
    "0(?:"
    + "|".join(
        _pattern(desc)
        for desc in (
            _PLAN.premium_rate,
            _PLAN.toll_free,
            _PLAN.shared_cost,
            _PLAN.pager,
            _PLAN.uan,
            _PLAN.voicemail,
        )
    )
    + ")(?:#.*)?"
)


def judge(cells: Cells) -> ColumnVerdict:
    """Judge a column as `phone.check` judges each of its cells."""
    sheet = ColumnSheet(cells, FAULT_CODES)
    _normalize_forms(sheet)
    _judge_kinds(sheet)
    return sheet.verdict()


def _normalize_forms(sheet: ColumnSheet) -> None:
    cells = sheet.cells
    left = positions(~matches(cells, _DIGITS) | (lengths(cells) > LONGEST_CLEAR))
    left = _undo(sheet, left, _WRITTEN, _without_separators)
    left = _undo(sheet, left, _WITH_COUNTRY_CODE, _without_country_code)
    left = _undo(sheet, left, _ZERO_LOST, _with_zero, RepairCode.LOST_ZERO)
    left = _undo(sheet, left, _ZERO_LOST_DECIMAL, _with_zero, RepairCode.LOST_ZERO, RepairCode.DECIMAL)
    sheet.normalize_each(left, phone.normalize)


def _undo(
    sheet: ColumnSheet, left: Positions, form: str, undo: Callable[[Cells], Cells], *repairs: RepairCode
) -> Positions:
    """Set the national form of the cells of one written form. Returns the positions of the others."""
    cells = take(sheet.cells, left)
    is_form = matches(cells, form) & (lengths(cells) <= LONGEST_CLEAR)
    at = left[is_form]
    sheet.write(at, undo(take(sheet.cells, at)), repairs)
    return left[~is_form]


def _judge_kinds(sheet: ColumnSheet) -> None:
    values = sheet.values
    mobile = matches(values, _MOBILE) & as_mask(pc.starts_with(values, "09"))
    left = positions(~mobile)
    accepted = mobile.copy()
    accepted[left] = matches(take(values, left), _OTHERS_ACCEPTED)
    clear = positions(accepted)
    asked = take(values, clear)
    unsure = clear[~matches(asked, _GENERAL) | matches(asked, _REFUSED_KINDS)]
    sheet.refuse(~accepted, CellCode.PHONE_FORMAT)
    refused = positions(~accepted)
    sheet.refuse(refused[matches(take(values, refused), _SCIENTIFIC)], CellCode.PHONE_DIGITS_LOST)
    sheet.refuse(lengths(values) == 0, CellCode.PHONE_MISSING)
    sheet.check_each(unsure, phone.check)


def _without_separators(cells: Cells) -> Cells:
    return pc.replace_substring_regex(cells, _SEPARATORS, "")


def _without_country_code(cells: Cells) -> Cells:
    return pc.replace_substring_regex(_without_separators(cells), r"\A\+886", "0")


def _with_zero(cells: Cells) -> Cells:
    return pc.replace_substring_regex(cells, r"\A([0-9]{9}).*", r"0\1")
