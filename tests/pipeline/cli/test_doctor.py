"""`nhicard doctor` as a user calls it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from pipeline.cli import diagnosis
from pipeline.errors import MachineUnusable
from pipeline.finding import Check, Finding
from tests.pipeline.cli.conftest import Nhicard, one_line
from tests.pipeline.doctor.test_machine import _airflow_database

KEYS = ["item", "recommended", "current", "is_fine", "how_to_fix"]


def test_json_is_one_object_of_rows_and_what_is_wrong_has_a_way_out(nhicard: Nhicard) -> None:
    said = nhicard("doctor", "--json")
    checks = said.json["checks"]
    assert said.code == 3
    assert one_line(said.err)
    assert {tuple(check) for check in checks} == {tuple(KEYS)}
    assert all(bool(check["how_to_fix"]) is not check["is_fine"] for check in checks)
    assert {"is_fine": False}.items() <= _find(checks, "Business database").items()


def test_the_table_marks_by_words_and_says_below_what_to_do(nhicard: Nhicard) -> None:
    out = nhicard("doctor").out
    table, _, advice = out.partition("如何修正")
    assert "✓ ok" in table
    assert "✗ fix" in table
    assert "業務資料庫 Business database" in table
    assert "nhicard init-db" in advice


def test_doctor_changes_nothing(nhicard: Nhicard, var: Path) -> None:
    nhicard("doctor")
    assert not var.exists()


def test_a_machine_that_is_fit_for_the_night_ends_with_0(
    nhicard: Nhicard, ready: Path, catcher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "var" / "airflow.db").unlink(missing_ok=True)
    _airflow_database(tmp_path)
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/var/airflow.db")
    monkeypatch.setenv("NHICARD_STAFF_MAIL", "operators@nhi.example.com")
    said = nhicard("doctor")
    assert (said.code, said.err) == (0, ""), said.out
    assert "✗" not in said.out


def test_settings_that_do_not_fit_are_a_row(nhicard: Nhicard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NHICARD_SMTP_TLS", "maybe")
    said = nhicard("doctor", "--json")
    row = _find(said.json["checks"], "Settings")
    assert (said.code, row["is_fine"]) == (3, False)
    assert "NHICARD_SMTP_TLS" in row["current"]


def _find(checks: list[dict[str, object]], word: str) -> dict[str, object]:
    return next(check for check in checks if word in str(check["item"]))


# --- parts that join through the entry-point group -------------------------------------------------


def fine() -> Iterator[Finding]:
    yield Finding(item="讀卡機 Reader", recommended="one", current="one", is_fine=True)


def broken() -> Iterator[Finding]:
    yield from fine()
    raise ValueError("A123456789")


def away() -> Iterator[Finding]:
    raise MachineUnusable("no reader service")
    yield


def part() -> Iterator[Check]:
    yield broken
    yield away
    yield fine


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        pytest.param(
            f"{__name__}:part",
            ["one", "ValueError inside the check", "no reader service", "one"],
            id="checks that break down do not hide the others",
        ),
        pytest.param(f"{__name__}:no_such_name", ["AttributeError inside the check"], id="no such function"),
        pytest.param(
            "no_such_package:checks", ["the package no_such_package is not installed"], id="missing"
        ),
    ],
)
def test_a_part_joins_by_its_entry_point_and_breaks_down_as_a_row(
    monkeypatch: pytest.MonkeyPatch, value: str, rows: list[str]
) -> None:
    point = EntryPoint(name="reader-station", value=value, group=diagnosis.GROUP)
    monkeypatch.setattr(diagnosis, "entry_points", lambda group: [point])
    assert [finding.current for finding in diagnosis.diagnose()] == rows


def test_the_nightly_job_joins_by_its_entry_point() -> None:
    assert "nightly-job" in {point.name for point in diagnosis.entry_points(group=diagnosis.GROUP)}
