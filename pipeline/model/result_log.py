"""What the sender of a file is told: the log, line by line, and the annotated CSV. Rows in = lines out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from pipeline.model.outcome import (
    WORDING,
    Outcome,
    clock,
    closing_line,
    opening_line,
    outcome_text,
)
from validators import file_name
from validators.faults import REPAIRS, WARNINGS, row_fault

CSV_HEADER: Final = "第N筆,試算表列,身分證號,結果,原因,處理方式,自動修正與提醒"
STORED: Final = "成功"
NOT_STORED: Final = "不入檔"


@dataclass(frozen=True, slots=True)
class Row:
    """A judged row: codes joined by a blank, repairs as `column:code`."""

    row_number: int
    line_number: int
    masked_id: str
    faults: str
    repairs: str
    warnings: str
    outcome: str


@dataclass(frozen=True, slots=True)
class FileWarning:
    """A warning above the log, with the data rows it is about (none: the whole file)."""

    code: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLog:
    """The answer to one file."""

    log: str
    annotated_csv: str
    outcomes: dict[str, int]
    warnings: tuple[FileWarning, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What warnings about the whole file are judged by."""

    file_date: date
    received_on: date
    ignored_columns: tuple[str, ...]


def write(rows: list[Row], facts: FileFacts, *, at: datetime, now: Callable[[], datetime]) -> ResultLog:
    """The log and the annotated CSV of one file's rows, given in file order.

    `at` is when the rows were judged (the time of their lines); `now` tells when the writing ended.
    """
    time = clock(at)
    lines = [opening_line(at)]
    lines += [
        f"{time} 第{row.row_number}筆資料:{row.masked_id}{_text(row.outcome, row.faults)}" for row in rows
    ]
    outcomes = Counter(row.outcome for row in rows)
    registered = outcomes[Outcome.REGISTERED]
    lines.append(closing_line(now(), rows=len(rows), registered=registered))
    warnings = tuple(_warnings(rows, facts))
    return ResultLog(
        log="\n".join(lines) + "\n",
        annotated_csv="\n".join([CSV_HEADER, *map(_csv_row, rows), *_csv_notes(warnings), ""]),
        outcomes=dict(outcomes),
        warnings=warnings,
    )


def _warnings(rows: Iterable[Row], facts: FileFacts) -> Iterator[FileWarning]:
    if file_name.is_old(facts.file_date, received_on=facts.received_on):
        yield FileWarning("FILE_DATE_OLD")
    if facts.ignored_columns:
        yield FileWarning("COLUMNS_IGNORED")
    told = [row for row in rows if row.warnings]
    for code in ("EMAIL_SHARED", "EMAIL_TYPO"):
        numbers = tuple(row.row_number for row in told if code in row.warnings)
        if numbers:
            yield FileWarning(code, numbers)


def _csv_row(row: Row) -> str:
    result, reason, hint = _told(row.outcome, row.faults)
    notes = _notes(row.repairs, row.warnings) if row.repairs or row.warnings else ""
    return f'{row.row_number},{row.line_number},{row.masked_id},{result},"{reason}","{hint}","{notes}"'


def _csv_notes(warnings: Iterable[FileWarning]) -> Iterator[str]:
    for warning in warnings:
        if not warning.rows:
            fault = WARNINGS[warning.code]
            yield f',,,提醒,"{fault.message}","{fault.hint}",""'


@cache  # a handful of combinations, a million rows
def _text(outcome: str, faults: str) -> str:
    return outcome_text(Outcome(outcome), "".join(row_fault(code).message for code in faults.split()))


@cache
def _told(outcome: str, faults: str) -> tuple[str, str, str]:
    """(result, reason, what to do) of the annotated CSV."""
    if outcome == Outcome.REGISTERED:
        return STORED, "", ""
    if outcome == Outcome.FIELD_ERROR:
        found = [row_fault(code) for code in faults.split()]
        return NOT_STORED, "".join(fault.message for fault in found), "".join(fault.hint for fault in found)
    wording = WORDING[Outcome(outcome)]
    return NOT_STORED, wording.reason, wording.hint


@cache
def _notes(repairs: str, warnings: str) -> str:
    """Repairs and warnings in words; never the values themselves."""
    names = {"id": "身分證號", "email": "電子郵件", "phone": "聯絡電話"}
    told = [
        f"{names[column]}:{REPAIRS[code]}" for column, code in (part.split(":") for part in repairs.split())
    ]
    return ";".join(told + [WARNINGS[code].message for code in warnings.split()])
