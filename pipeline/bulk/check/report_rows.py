"""A frame of judged rows as reports, one a file; clean rows are only counted."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.bulk.rules.file_report import Counts, RowReport, RowsReport, Warned
from pipeline.bulk.rules.outcome import WORDING, Outcome
from validators.codes import CellCode, RepairCode, WarningCode
from validators.faults import WARNINGS, Column, Fault
from validators.person_id import format_fault
from validators.value_faults import value_fault

COLUMNS: Final[tuple[Column, ...]] = ("id", "email", "phone")
TOLD: Final = (
    "file_id", "row_number", "line_number", "masked_id", "national_id", "outcome",
    *(f"{name}_fault" for name in COLUMNS),
    *(f"{name}_repairs" for name in COLUMNS),
)  # fmt: skip


def with_duplicates(judged: pd.DataFrame) -> pd.DataFrame:
    """The frame of `judge_rows` with one more column, `outcome`: DUPLICATE_IN_FILE, or "" elsewhere."""
    categories = pd.Index(["", Outcome.DUPLICATE_IN_FILE.value])
    codes = judged["is_duplicate"].to_numpy().astype(np.int8)
    return judged.assign(outcome=pd.Categorical.from_codes(codes, categories))


def report_rows(judged: pd.DataFrame, row_counts: list[int]) -> list[RowsReport]:
    """One report for each of the files numbered from 0 in `file_id`, with so many rows each.

    `judged` is the frame of `judge_rows` with `outcome`: "", or what rejects a row without field errors.
    """
    rejected = has_fault(judged) | judged["outcome"].ne("").to_numpy()
    repaired = _any(judged, [f"{name}_repairs" for name in COLUMNS])
    files = judged["file_id"].to_numpy()
    rejected_of = np.bincount(files[rejected], minlength=len(row_counts)).tolist()
    repaired_of = np.bincount(files[repaired], minlength=len(row_counts)).tolist()
    rows = _rows(judged[rejected | repaired], len(row_counts))
    warnings = _warnings(judged, len(row_counts))
    return [
        RowsReport(
            Counts(count, rejected_of[file], repaired_of[file]), tuple(rows[file]), tuple(warnings[file])
        )
        for file, count in enumerate(row_counts)
    ]


def has_fault(judged: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows of the frame of `judge_rows` have a fault in any of their cells."""
    return _any(judged, [f"{name}_fault" for name in COLUMNS])


def _any(judged: pd.DataFrame, names: list[str]) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(judged), np.bool_)
    for name in names:
        found |= judged[name].ne("").to_numpy()
    return found


def _rows(noted: pd.DataFrame, file_count: int) -> list[list[RowReport]]:
    rows: list[list[RowReport]] = [[] for _ in range(file_count)]
    cells = [noted[name].tolist() for name in TOLD]
    for file, row_number, line_number, masked_id, value, outcome, *codes in zip(*cells, strict=True):
        faults = _faults(outcome, *codes[:3])
        if codes[0] == CellCode.ID_FORMAT:
            faults = (format_fault(value), *faults[1:])
        rows[file].append(RowReport(row_number, line_number, masked_id, faults, _repairs(*codes[3:])))
    return rows


def _warnings(judged: pd.DataFrame, file_count: int) -> list[list[Warned]]:
    warnings: list[list[Warned]] = [[] for _ in range(file_count)]
    for flag in ("email_shared", "email_typo"):
        warned = judged.loc[judged[flag], ["file_id", "row_number", "line_number"]]
        for file, row_number, line_number in warned.itertuples(index=False):
            warnings[file].append(Warned(WARNINGS[WarningCode(flag.upper())], row_number, line_number))
    return warnings


@cache  # a handful of combinations
def _faults(outcome: str, *codes: str) -> tuple[Fault, ...]:
    """The faults of a row's fields, in the order of the columns, or else the one that its outcome names."""
    found = tuple(value_fault(code) for code in codes if code)
    return found or ((outcome_fault(outcome),) if outcome else ())


@cache
def _repairs(*codes: str) -> tuple[tuple[Column, RepairCode], ...]:
    return tuple(
        (column, RepairCode(code))
        for column, found in zip(COLUMNS, codes, strict=True)
        for code in found.split()
    )


def outcome_fault(outcome: str) -> Fault:
    """What an outcome says of a row; it is the person who is at fault, so it stands in the ID column."""
    code = Outcome(outcome)
    words = WORDING[code]
    return Fault(code, words.reason, words.hint, words.hint_en, "id", words.reason)
