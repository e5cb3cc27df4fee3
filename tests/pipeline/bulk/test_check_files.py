"""Facts about checking employers' files: what is told of each, and that it is what the night would say."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from pipeline.bulk.check import check_files as step
from pipeline.bulk.check.check_by_register import check_by_register
from pipeline.bulk.check.check_files import AgainstRegister, check_files
from pipeline.bulk.intake.employer_file.column_names import HEADER
from pipeline.bulk.intake.employer_file.opening import MIB, FileLimits
from pipeline.bulk.rules.file_report import FileReport, Unreadable
from pipeline.insured.load_register import load_register
from pipeline.sample.demo_set import DemoSet, make_demo_set
from pipeline.sample.seed_example import CLOSED_UNIT, EXAMPLE_ROWS, EXAMPLE_UNIT, example_file, made_up_id
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.store.tables import metadata
from pipeline.tasks.night import run_night

TODAY = date(2015, 8, 21)
NAME = "11000000120150820.CSV"
ID, OTHER_ID, THIRD_ID = (made_up_id(prefix) for prefix in EXAMPLE_ROWS[:3])
GOOD = f"{ID},a@example.com,0912345678"
OTHER_GOOD = f"{OTHER_ID},b@example.com,02-23456789"


def content(*rows: str, header: str = HEADER, encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join([header, *rows, ""]).encode(encoding)


def check(*paths: Path, against_register: AgainstRegister | None = None) -> list[FileReport | Unreadable]:
    return list(check_files(paths, received_on=TODAY, limits=FileLimits(), against_register=against_register))


def report_of(folder: Path, content: bytes, name: str = NAME) -> FileReport:
    path = folder / name
    path.write_bytes(content)
    [report] = check(path)
    assert isinstance(report, FileReport)
    return report


def told(report: FileReport) -> list[tuple[int, int, list[str]]]:
    """(row, line, fault codes) of each row with a fault."""
    return [
        (row.row_number, row.line_number, [fault.code for fault in row.faults])
        for row in report.rows
        if row.faults
    ]


def warned(report: FileReport) -> list[tuple[str, int | None]]:
    return [(warning.fault.code, warning.row_number) for warning in report.warnings]


def test_the_seeds_example_has_one_row_with_two_faults(tmp_path: Path) -> None:
    report = report_of(tmp_path, example_file())
    assert (report.name, report.unit_code, report.file_date) == (NAME, EXAMPLE_UNIT, date(2015, 8, 20))
    assert (report.encoding, report.refused, report.verdict) == ("utf-8-sig", None, "to_correct")
    assert (report.counts.rows, report.counts.accepted, report.counts.rejected) == (11, 10, 1)
    assert told(report) == [(11, 12, ["EMAIL_FORMAT", "PHONE_FORMAT"])]
    assert report.rows[0].masked_id == "T12151****"
    assert report.warnings == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([GOOD, OTHER_GOOD], [], id="nothing to tell"),
        pytest.param(["?,,"], [(1, 2, ["ID_FORMAT", "EMAIL_MISSING", "PHONE_MISSING"])], id="all faults"),
        pytest.param([GOOD, GOOD], [(2, 3, ["DUPLICATE_IN_FILE"])], id="duplicate"),
        pytest.param(
            [GOOD.replace("@", ""), GOOD], [(1, 2, ["EMAIL_FORMAT"])], id="a faulty row is no first one"
        ),
        pytest.param(
            [GOOD, GOOD.replace("@", "")],
            [(2, 3, ["EMAIL_FORMAT"])],
            id="a faulty row is no duplicate",
        ),
        pytest.param(
            ["", GOOD, "", "", f"{OTHER_ID},b@example.com,9.12E+08"],
            [(2, 6, ["PHONE_DIGITS_LOST"])],
            id="blank rows have a line and no number",
        ),
    ],
)
def test_rows_are_told_with_every_fault(tmp_path: Path, rows: list[str], expected: list[object]) -> None:
    report = report_of(tmp_path, content(*rows))
    assert told(report) == expected
    assert report.counts.rejected == len(expected)
    assert report.verdict == ("to_correct" if expected else "fine")


def test_repairs_are_told_and_reject_nothing(tmp_path: Path) -> None:
    report = report_of(tmp_path, content(GOOD.replace(",09", ",9"), OTHER_GOOD.lower(), f"{THIRD_ID},,1"))
    assert [(row.row_number, row.repairs) for row in report.rows if row.repairs] == [
        (1, (("phone", "lost_zero"),)),
        (2, (("id", "lower_case"),)),
    ]
    assert (report.counts.repaired, report.counts.rejected) == (2, 1)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        pytest.param("300123456", "護照", id="passport"),
        pytest.param("100012345678", "居留證號", id="permit"),
        pytest.param("王小明", "應為1個英文字母", id="anything else"),
    ],
)
def test_an_id_of_another_kind_gets_its_own_hint(tmp_path: Path, value: str, hint: str) -> None:
    report = report_of(tmp_path, content(f"{value},a@example.com,0912345678"))
    assert hint in report.rows[0].faults[0].hint
    assert report.rows[0].masked_id == "**********"


@pytest.mark.parametrize(
    ("name", "code", "hint", "unit_code"),
    [
        pytest.param(f"{EXAMPLE_UNIT}1040820.CSV", "FILE_NAME", "民國", None, id="ROC date"),
        pytest.param("11000000120150820 (1).CSV", "FILE_NAME", NAME, None, id="copy"),
        pytest.param("11000000120150231.CSV", "FILE_DATE", "日期", EXAMPLE_UNIT, id="no such day"),
        pytest.param("11000000120150822.CSV", "FILE_DATE_FUTURE", "收件日", EXAMPLE_UNIT, id="tomorrow"),
    ],
)
def test_a_refused_name_does_not_hide_the_content(
    tmp_path: Path, name: str, code: str, hint: str, unit_code: str | None
) -> None:
    report = report_of(tmp_path, content(GOOD, ",?,"), name)
    assert report.refused is not None
    assert (report.refused.code, report.verdict, report.unit_code) == (code, "refused", unit_code)
    assert hint in report.refused.hint
    assert (report.counts.rows, report.counts.rejected, len(told(report))) == (2, 1, 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "FILE_EMPTY", id="empty"),
        pytest.param(content(), "FILE_EMPTY", id="header alone"),
        pytest.param(b"PK\x03\x04\x14\x00\x00\x00xl/workbook.xml", "FILE_NOT_CSV", id="renamed workbook"),
        pytest.param(content(GOOD).replace(b"@", b"\0"), "FILE_ENCODING", id="NUL"),
        pytest.param(content(GOOD, header="姓名,電子郵件"), "FILE_COLUMNS", id="columns"),
        pytest.param(b"a" * (20 * MIB + 1), "FILE_TOO_LARGE", id="too many bytes"),
        pytest.param(content(*[",,1"] * 100_001), "FILE_TOO_LARGE", id="too many rows"),
    ],
)
def test_content_that_does_not_open_refuses_the_file(tmp_path: Path, data: bytes, code: str) -> None:
    report = report_of(tmp_path, data)
    assert [refusal.code for refusal in report.refusals] == [code]
    assert (report.counts.rows, report.rows, report.encoding) == (0, (), None)


def test_name_and_content_are_both_told_the_name_first(tmp_path: Path) -> None:
    report = report_of(tmp_path, b"%PDF-1.7", "list.csv")
    assert [refusal.code for refusal in report.refusals] == ["FILE_NAME", "FILE_NOT_CSV"]


def test_a_date_more_than_31_days_back_is_a_warning(tmp_path: Path) -> None:
    assert warned(report_of(tmp_path, content(GOOD), "11000000120150721.CSV")) == []
    old = report_of(tmp_path, content(GOOD), "11000000120150720.CSV")
    assert (warned(old), old.verdict) == ([("FILE_DATE_OLD", None)], "fine")


def test_ignored_columns_are_named(tmp_path: Path) -> None:
    data = content(f"王小明,{GOOD},1", header=f"姓名,{HEADER},序號", encoding="cp950")
    report = report_of(tmp_path, data)
    assert (warned(report), report.encoding) == ([("COLUMNS_IGNORED", None)], "cp950")
    assert "姓名、序號" in report.warnings[0].hint


@pytest.mark.parametrize(
    ("rows", "cell", "is_told"),
    [
        pytest.param(10_000, "", False, id="10,000 rows"),
        pytest.param(10_001, "", True, id="10,001 rows"),
        pytest.param(10, "x" * (5 * MIB // 10), True, id="over 5 MiB"),
    ],
)
def test_a_file_too_large_for_mail_is_warned_about(
    tmp_path: Path, rows: int, cell: str, is_told: bool
) -> None:
    report = report_of(tmp_path, content(*[f",{cell},1"] * rows))
    assert (("TOO_LARGE_FOR_MAIL", None) in warned(report)) is is_told


def test_shared_and_mistyped_addresses_are_warnings_of_their_rows(tmp_path: Path) -> None:
    shared = f"{OTHER_ID},A@example.com,0912345678"
    report = report_of(tmp_path, content(GOOD, shared, f"{THIRD_ID},c@gmial.com,0912345678"))
    assert warned(report) == [("EMAIL_SHARED", 1), ("EMAIL_SHARED", 2), ("EMAIL_TYPO", 3)]
    assert [warning.line_number for warning in report.warnings] == [2, 3, 4]
    assert report.verdict == "fine"


def test_many_files_are_told_apart_in_the_order_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "ROWS_PER_FRAME", 4)  # so that a few files fill several frames
    paths = []
    for number in range(9):
        paths.append(tmp_path / f"11000000{number}20150820.CSV")
        rows = [GOOD] * (number + 1) if number % 3 else []
        paths[-1].write_bytes(content(*rows))
    reports = [report for report in check(*paths, tmp_path / "gone.csv") if isinstance(report, FileReport)]
    assert [report.name for report in reports] == [path.name for path in paths]
    assert [report.counts.rows for report in reports] == [0, 2, 3, 0, 5, 6, 0, 8, 9]
    assert [report.counts.rejected for report in reports] == [0, 1, 2, 0, 4, 5, 0, 7, 8]


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(content(GOOD))
    (tmp_path / "loop").symlink_to("loop")
    paths = [tmp_path / "gone", tmp_path, path / "below", Path("a\0b"), tmp_path / "loop", path]
    found = check(*paths)
    assert [entry.why if isinstance(entry, Unreadable) else entry.verdict for entry in found] == [
        "missing", "folder", "missing", "broken", "broken", "fine",
    ]  # fmt: skip


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """The superuser may read everything, so he steps down for this test."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


def test_a_file_without_permission_is_told(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = tmp_path / NAME
    path.write_bytes(content(GOOD))
    path.chmod(0)
    request.getfixturevalue("ordinary_user")
    [entry] = check(path)
    assert isinstance(entry, Unreadable)
    assert entry.why == "forbidden"


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    report = report_of(tmp_path, content(GOOD), "\x1b[2J\udcff.csv")
    assert report.name == "\ufffd[2J\ufffd.csv"


@settings(max_examples=40, deadline=None)
@given(
    cells=st.lists(
        st.tuples(
            *[st.text(st.characters(exclude_characters=',;\t"\r\n\0', codec="utf-8"), max_size=12)] * 3
        ),
        min_size=1,
        max_size=8,
    )
)
def test_no_cell_is_ever_told(cells: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("cells")
    report = report_of(folder, content(f"{ID},secret-{ID}@example.com,0912345678", *map(",".join, cells)))
    text = repr(report)
    assert "secret" not in text
    assert ID[6:] not in text
    assert report.counts.rows == report.counts.accepted + report.counts.rejected
    assert report.counts.rejected == sum(bool(row.faults) for row in report.rows)


# --- with the register ----------------------------------------------------------------------------

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoSet:
    return make_demo_set(tmp_path_factory.mktemp("demo"), today=DAY, file_date=DAY)


@pytest.fixture
def registered(database: Database, demo: DemoSet) -> Database:
    load_register(database, demo.register, now=AT, today=DAY)
    return database


def reports_by_register(database: Database, *paths: Path) -> list[FileReport]:
    against = partial(check_by_register, database, at=AT)
    reports = check_files(paths, received_on=DAY, limits=FileLimits(), against_register=against)
    return [report for report in reports if isinstance(report, FileReport)]


def outcomes_of(report: FileReport) -> Counter[str]:
    codes = [[fault.code for fault in row.faults] for row in report.rows if row.faults]
    fields = ("ID_", "EMAIL_", "PHONE_")
    counts = Counter("FIELD_ERROR" if some[0].startswith(fields) else some[0] for some in codes)
    return counts + Counter({"REGISTERED": report.counts.accepted})


def contents_of(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def inbox_of(demo: DemoSet) -> Iterator[Path]:
    return (demo.inbox / name for name in demo.outcomes)


def test_with_the_register_every_row_has_the_nights_outcome(registered: Database, demo: DemoSet) -> None:
    before = contents_of(registered)
    reports = reports_by_register(registered, *inbox_of(demo))
    assert {report.name: outcomes_of(report) for report in reports} == demo.outcomes
    assert contents_of(registered) == before


def test_the_check_says_what_the_night_then_does(
    sqlite_database: Database, demo: DemoSet, tmp_path: Path
) -> None:
    load_register(sqlite_database, demo.register, now=AT, today=DAY)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for path in demo.inbox.iterdir():
        (inbox / path.name).write_bytes(path.read_bytes())
    reports = reports_by_register(sqlite_database, *sorted(inbox.iterdir()))
    fine = {report.name: dict(outcomes_of(report)) for report in reports if not report.refusals}
    night_settings = Settings(var_dir=tmp_path, inbox_dir=inbox, settle_seconds=0)  # type: ignore[call-arg]
    night = run_night(sqlite_database, night_settings, now=lambda: AT, delivers=False).summary
    done = {batch["name"]: batch["outcomes"] for batch in night["batches"] if batch["name"] in fine}
    assert night["held_files"] == 0
    assert fine == {name: {code: n for code, n in counts.items() if n} for name, counts in done.items()}
    assert night["refused_files"] == sum(bool(report.refusals) for report in reports)


def test_an_outcome_is_a_fault_of_the_id_with_its_words(registered: Database, demo: DemoSet) -> None:
    [report] = reports_by_register(registered, demo.inbox / demo.example_name)
    fault = report.rows[0].faults[0]
    assert (fault.column, fault.code) == ("id", "NOT_INSURED_HERE")
    assert fault.message == "非該單位在保保險對像"
    assert "工作天" in fault.hint


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("99999999920261120.CSV", "UNIT_UNKNOWN", id="unknown"),
        pytest.param(f"{CLOSED_UNIT}20261120.CSV", "UNIT_CLOSED", id="closed"),
    ],
)
def test_units_the_register_refuses(registered: Database, tmp_path: Path, name: str, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content(GOOD, GOOD))
    [report] = reports_by_register(registered, path)
    assert [refusal.code for refusal in report.refusals] == [code]
    assert told(report)[-1] == (2, 3, ["DUPLICATE_IN_FILE"])


def test_the_unit_is_asked_before_the_content(registered: Database, tmp_path: Path) -> None:
    path = tmp_path / "99999999920261120.CSV"
    path.write_bytes(b"")
    [report] = reports_by_register(registered, path)
    assert [refusal.code for refusal in report.refusals] == ["UNIT_UNKNOWN", "FILE_EMPTY"]


def test_a_file_received_before_is_refused_and_its_people_are_registered(
    sqlite_database: Database, demo: DemoSet, tmp_path: Path
) -> None:
    load_register(sqlite_database, demo.register, now=AT - timedelta(days=1), today=DAY)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    kept, sent = demo.inbox / demo.example_name, inbox / demo.example_name
    sent.write_bytes(kept.read_bytes())
    night_settings = Settings(var_dir=tmp_path, inbox_dir=inbox, settle_seconds=0)  # type: ignore[call-arg]
    run_night(sqlite_database, night_settings, now=lambda: AT, delivers=False)
    [report] = reports_by_register(sqlite_database, kept)
    assert [refusal.code for refusal in report.refusals] == ["FILE_DUPLICATE"]
    assert outcomes_of(report)["ALREADY_REGISTERED"] == 3


def test_the_same_file_may_be_given_twice(registered: Database, demo: DemoSet) -> None:
    path = demo.inbox / demo.example_name
    first, second = reports_by_register(registered, path, path)
    assert first == second
