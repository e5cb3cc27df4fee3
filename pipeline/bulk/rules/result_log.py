"""The answer to the sender of a file: the log, line by line, and the annotated CSV. Rows in = lines out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pipeline.bulk.rules.outcome import WORDING, Outcome, closing_line, opening_line, outcome_text
from pipeline.clock import time_of_day
from validators import file_name
from validators.codes import RepairCode, WarningCode
from validators.faults import WARNINGS
from validators.value_faults import REPAIRS, value_fault

CSV_HEADER: Final = "第N筆,試算表列,身分證號,結果,原因,處理方式,自動修正與提醒"
STORED: Final = "成功"
NOT_STORED: Final = "不入檔"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a row: of a million rows a few dozen different things, so each is put in words once."""

    outcome: str
    warnings: str
    log_words: str
    csv_cells: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A file's judged rows in file order, as columns of the same length."""

    row_numbers: Sequence[int]
    line_numbers: Sequence[int]
    masked_ids: Sequence[str]
    verdicts: Sequence[Verdict]


@dataclass(frozen=True, slots=True)
class FileWarning:
    """A warning above the log, with the data rows it is about (none: the whole file)."""

    code: WarningCode
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


def verdict(outcome: str, faults: str, repairs: str, warnings: str) -> Verdict:
    """Put a row's codes in words: faults, repairs (`column:code`) and warnings are joined by a blank."""
    result, reason, hint = _csv_words(outcome, faults)
    notes = _notes(repairs, warnings)
    pieces = "".join(value_fault(code).message for code in faults.split())
    return Verdict(
        outcome=outcome,
        warnings=warnings,
        log_words=outcome_text(Outcome(outcome), pieces),
        csv_cells=f'{result},"{reason}","{hint}","{notes}"',
    )


def write(rows: Rows, facts: FileFacts, *, at: datetime, now: Callable[[], datetime]) -> ResultLog:
    """The log and the annotated CSV of one file's rows.

    `at` is when the rows were judged (the time of their lines); `now` gives the time when the writing ended.
    """
    time = time_of_day(at)
    numbers, masked_ids, verdicts = rows.row_numbers, rows.masked_ids, rows.verdicts
    lines = [
        f"{time} 第{number}筆資料:{masked_id}{verdict.log_words}"
        for number, masked_id, verdict in zip(numbers, masked_ids, verdicts, strict=True)
    ]
    cells = [
        f"{number},{line},{masked_id},{verdict.csv_cells}"
        for number, line, masked_id, verdict in zip(
            numbers, rows.line_numbers, masked_ids, verdicts, strict=True
        )
    ]
    outcomes = Counter([verdict.outcome for verdict in verdicts])
    registered = outcomes[Outcome.REGISTERED]
    closing = closing_line(now(), rows=len(numbers), registered=registered)
    warnings = tuple(_warnings(rows, facts))
    return ResultLog(
        log="\n".join([opening_line(at), *lines, closing, ""]),
        annotated_csv="\n".join([CSV_HEADER, *cells, *_csv_notes(warnings), ""]),
        outcomes=dict(outcomes),
        warnings=warnings,
    )


def _warnings(rows: Rows, facts: FileFacts) -> Iterator[FileWarning]:
    if file_name.is_old(facts.file_date, received_on=facts.received_on):
        yield FileWarning(WarningCode.FILE_DATE_OLD)
    if facts.ignored_columns:
        yield FileWarning(WarningCode.COLUMNS_IGNORED)
    warned = [
        (number, verdict.warnings)
        for number, verdict in zip(rows.row_numbers, rows.verdicts, strict=True)
        if verdict.warnings
    ]
    for code in (WarningCode.EMAIL_SHARED, WarningCode.EMAIL_TYPO):
        numbers = tuple(number for number, warnings in warned if code in warnings)
        if numbers:
            yield FileWarning(code, numbers)


def _csv_notes(warnings: Iterable[FileWarning]) -> Iterator[str]:
    for warning in warnings:
        if not warning.rows:
            fault = WARNINGS[warning.code]
            yield f',,,提醒,"{fault.message}","{fault.hint}",""'


def _csv_words(outcome: str, faults: str) -> tuple[str, str, str]:
    """(result, reason, what to do) of the annotated CSV."""
    if outcome == Outcome.REGISTERED:
        return STORED, "", ""
    if outcome == Outcome.FIELD_ERROR:
        found = [value_fault(code) for code in faults.split()]
        return NOT_STORED, "".join(fault.message for fault in found), "".join(fault.hint for fault in found)
    wording = WORDING[Outcome(outcome)]
    return NOT_STORED, wording.reason, wording.hint


def _notes(repairs: str, warnings: str) -> str:
    """Repairs and warnings in words; never the values themselves."""
    names = {"id": "身分證號", "email": "電子郵件", "phone": "聯絡電話"}
    repaired = [
        f"{names[column]}:{REPAIRS[RepairCode(code)]}"
        for column, code in (part.split(":") for part in repairs.split())
    ]
    return ";".join(repaired + [WARNINGS[WarningCode(code)].message for code in warnings.split()])
