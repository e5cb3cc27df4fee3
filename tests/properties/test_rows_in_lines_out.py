"""Whatever is handed in: a file is refused with a reason, or each of its rows has one line, in order."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.bulk.intake.employer_file.opening import open_rows
from pipeline.bulk.intake.employer_file.records import is_blank
from pipeline.bulk.rules.outcome import Outcome, outcome_text
from pipeline.bulk.rules.refusals import REFUSALS
from pipeline.store.engine import Database
from pipeline.store.tables import batch, beneficiary, result_log, submission_row
from tests.journey.office import HEADER, UNIT, Office
from tests.properties.hostile_files import CANARY, KNOWN_IDS, Written, broken_files, written_files
from validators.personal_data import mask_id

LINE = re.compile(
    r"\d\d:\d\d:\d\d 第(\d+)筆資料:([A-Z0-9*]{10})(網路服務註冊成功!|\([^()]+(?:\([^()]*\))?[^()]*\)不入檔!)"
)
FORMULA = tuple("=+-@\t\r")
MIB = 1024 * 1024
NIGHTS = settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would repeat nights for minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """One office for many nights: every file gets a date of its own."""
    office = Office.opened(database, tmp_path)
    for national_id in KNOWN_IDS:
        office.insert(
            beneficiary, national_id=national_id, name="林", card_number="000012345678", card_valid=True
        )
        office.cover(national_id)
    return office


def hand_in(office: Office, contents: list[bytes]) -> dict[str, Any]:
    """Drop files, run a night, and return what became of each, by name in the order of `contents`."""
    handed = len(office.all(batch, "batch_id"))
    names = [
        f"{UNIT}{date(1990, 1, 1) + timedelta(days=handed + n):%Y%m%d}.CSV" for n in range(len(contents))
    ]
    for name, content in zip(names, contents, strict=True):
        office.drop(name, content)
    office.summary()
    found = {row.name: row for row in office.all(batch)}
    return {name: found[name] for name in names}


def check_answer(office: Office, found: Any, rows: int) -> None:
    """The log and the annotated CSV of a batch of so many rows."""
    (answer,) = [row for row in office.all(result_log) if row.batch_id == found.batch_id]
    lines = answer.log.splitlines()
    told = [LINE.fullmatch(line) for line in lines[1:-1]]
    assert all(told), lines
    assert [int(line[1]) for line in told if line] == list(range(1, rows + 1))
    assert sum(answer.outcomes.values()) == rows
    assert set(answer.outcomes) <= set(Outcome)
    stored = [row for row in office.all(submission_row) if row.batch_id == found.batch_id]
    assert [row.masked_id for row in stored] == [line[2] for line in told if line]
    assert all(row.outcome for row in stored)
    assert [told_outcome(line[3]) for line in told if line] == [row.outcome for row in stored]
    table = list(csv.reader(io.StringIO(answer.annotated_csv), strict=True))
    assert {len(cells) for cells in table} == {7}
    assert [cells[0] for cells in table[1 : rows + 1]] == [str(number + 1) for number in range(rows)]
    assert not [cell for cells in table for cell in cells if cell.startswith(FORMULA)]
    told_to_sender = (answer.log + answer.annotated_csv).replace(
        "name@example.com", ""
    )  # an example in a hint
    assert CANARY not in told_to_sender
    values = {value for row in stored for value in (row.national_id, row.email, row.phone) if len(value) > 5}
    assert not [value for value in values if value in told_to_sender]


def told_outcome(text: str) -> Outcome:
    """The outcome whose words these are; field errors are told piece by piece."""
    return next((outcome for outcome in Outcome if outcome_text(outcome, "!") == text), Outcome.FIELD_ERROR)


@NIGHTS
@given(files=st.lists(written_files(), min_size=1, max_size=4))
def test_every_row_that_was_written_has_its_line(office: Office, files: list[Written]) -> None:
    for found, file in zip(hand_in(office, [file.content for file in files]).values(), files, strict=True):
        rows = [row for row in file.rows if not is_blank(row)]
        if found.state == "refused":
            assert found.reason in {"FILE_EMPTY", "FILE_DUPLICATE", "FILE_COLUMNS"}
            assert rows == [] or found.reason != "FILE_EMPTY"
        else:
            check_answer(office, found, len(rows))
            shown = [row.masked_id for row in office.all(submission_row) if row.batch_id == found.batch_id]
            assert shown == [mask_id(row[0]) for row in rows]


@NIGHTS
@given(contents=st.lists(broken_files, min_size=1, max_size=6))
def test_bytes_of_any_kind_are_refused_or_answered_row_by_row(office: Office, contents: list[bytes]) -> None:
    for found, content in zip(hand_in(office, contents).values(), contents, strict=True):
        if found.state == "refused":
            assert found.reason in REFUSALS
            assert CANARY not in found.detail
        else:
            check_answer(office, found, open_rows(content)[0].row_count)


ROW = "A123456789,a@example.com,0912345678"
HOSTILE = {
    "NUL in a cell": (f"{HEADER}\n{ROW}\nA1234\x0056789,a,b\n", "FILE_ENCODING"),
    "a cell of 10 MB": (f"{HEADER}\n{'x' * 10 * MIB},a@example.com,0912345678\n{ROW}\n", 2),
    "a quoted cell of 10 MB": (f'{HEADER}\n"{"x,y" * 3 * MIB}",a@example.com,0912345678\n{ROW}\n', 2),
    "a file of 21 MB": (f"{HEADER}\n" + f"{ROW}\n" * (21 * MIB // len(ROW)), "FILE_TOO_LARGE"),
    "1,000 named columns": (f"{HEADER}{',甲乙' * 1_000}\n{ROW}{',z' * 1_000}\n", "FILE_COLUMNS"),
    "1,000 columns without a header": (f"{ROW}{',z' * 1_000}\n", "FILE_COLUMNS"),
    "20,000 columns": (f"{HEADER}{',甲' * 20_000}\n{ROW}\n", "FILE_COLUMNS"),
    "formulas": (f"{HEADER}\n=1+1,@SUM(A1),+{CANARY}\n-2,=HYPERLINK(A1),=A1\n", 2),
    "line ends in cells": (f'{HEADER}\n"A123\n456789","a@\r\nexample.com","{CANARY}\r"\n{ROW}\n', 2),
    "a forged log line": (f'{HEADER}\n"\n02:00:00 第9筆資料:A12345****網路服務註冊成功!",a,b\n{ROW}\n', 2),
    "an unclosed quote": (f'{HEADER}\n{ROW}\n"A123456789,a,b\n{ROW}\n', "FILE_COLUMNS"),
    "only quotes": ('"' * 10_001, "FILE_COLUMNS"),
    "100,000 blank rows": (f"{HEADER}\n" + ",,\n" * 100_000 + f"{ROW}\n", 1),
    "100,001 rows": (f"{ROW}\n" * 100_001, "FILE_TOO_LARGE"),
    "COPY's end mark": (f"{HEADER}\n\\.,\\.,\\.\n\\N,NULL,\\\n{ROW}\n", 3),
}  # fmt: skip


def test_hostile_files_spoil_neither_the_night_nor_each_other(office: Office) -> None:
    good = office.person()
    contents = [content.encode() for content, _ in HOSTILE.values()] + [f"{HEADER}\n{good.row()}\n".encode()]
    found = list(hand_in(office, contents).values())
    assert found.pop().state == "done"
    assert office.registered() == [good.national_id]
    for (name, (_, expected)), became in zip(HOSTILE.items(), found, strict=True):
        assert became.reason == (expected if isinstance(expected, str) else ""), name
        if isinstance(expected, int):
            check_answer(office, became, expected)
