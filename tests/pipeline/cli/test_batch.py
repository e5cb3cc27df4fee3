"""`nhicard batch` and `nhicard result-log`: what reached us, what is held, what was answered."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.cli.conftest import Nhicard, one_line


@pytest.fixture
def held(ready: Path, nhicard: Nhicard) -> int:
    """The number of a held file: somebody tries out ID numbers for a unit that we know."""
    name = sorted((ready / "inbox").glob("*.CSV"))[0].name
    for other in (ready / "inbox").glob("*.CSV"):
        other.unlink()
    rows = [f"A12345678{n % 10},someone{n}@example.com,0912345{n:03}" for n in range(30)]
    (ready / "inbox" / name).write_text("\n".join(["身分證號,電子郵件,手機(或聯絡電話)", *rows]) + "\n")
    assert nhicard("run-batch", "--no-mail", "--json").json["held_files"] == 1
    batches: list[dict[str, Any]] = nhicard("batch", "list", "--state", "held", "--json").json["batches"]
    return int(batches[0]["batch_id"])


def test_the_list_has_the_newest_first_and_no_more_than_asked_for(
    nhicard: Nhicard, after_night: Path
) -> None:
    found = nhicard("batch", "list", "--json").json["batches"]
    assert [batch["batch_id"] for batch in found] == [3, 2, 1]
    assert {batch["state"] for batch in found} == {"done"}
    assert len(nhicard("batch", "list", "--limit", 2, "--json").json["batches"]) == 2
    assert nhicard("batch", "list", "--state", "held", "--json").json == {"batches": []}


def test_the_list_for_people_has_every_name_whole(nhicard: Nhicard, after_night: Path) -> None:
    names = [batch["name"] for batch in nhicard("batch", "list", "--json").json["batches"]]
    out = nhicard("batch", "list").out
    assert all(name in out for name in names)
    assert "There is no batch in the state held" in nhicard("batch", "list", "--state", "held").out


def test_one_batch_is_shown_with_its_outcomes(nhicard: Nhicard, after_night: Path) -> None:
    shown = nhicard("batch", "show", 1, "--json").json
    assert shown["row_count"] == sum(shown["outcomes"].values()) == 20
    assert "REGISTERED" in nhicard("batch", "show", 1).out


@pytest.mark.parametrize("words", ["batch show 99", "batch release 99", "batch refuse 99", "result-log 99"])
def test_an_unknown_batch_is_refused_in_one_line(nhicard: Nhicard, after_night: Path, words: str) -> None:
    said = nhicard(*words.split())
    assert said.code == 2
    assert one_line(said.err)
    assert "batch 99" in said.err


@pytest.mark.parametrize("decision", ["release", "refuse"])
def test_only_a_held_batch_is_decided_on(nhicard: Nhicard, after_night: Path, decision: str) -> None:
    said = nhicard("batch", decision, 1)
    assert (said.code, one_line(said.err)) == (2, True)


def test_a_held_file_says_why_in_numbers(nhicard: Nhicard, held: int) -> None:
    shown = nhicard("batch", "show", held, "--json").json
    assert (shown["state"], shown["reason"]) == ("held", "HELD")
    assert "30 rows" in shown["detail"]
    assert shown["outcomes"] == {}


def test_a_released_file_is_judged_in_the_next_run(nhicard: Nhicard, held: int) -> None:
    assert "next run" in nhicard("batch", "release", held).out
    assert nhicard("run-batch", "--no-mail", "--json").json["rows"] == 30
    assert nhicard("batch", "show", held, "--json").json["state"] == "done"


def test_a_refused_file_is_refused_for_good(nhicard: Nhicard, held: int) -> None:
    assert nhicard("batch", "refuse", held).code == 0
    assert nhicard("batch", "show", held, "--json").json["state"] == "refused"
    assert nhicard("run-batch", "--no-mail", "--json").json["rows"] == 0
    assert nhicard("batch", "release", held).code == 2


def test_a_held_file_has_no_result_log_yet(nhicard: Nhicard, held: int) -> None:
    said = nhicard("result-log", held)
    assert (said.code, f"nhicard batch show {held}" in said.err) == (2, True)


def test_the_result_log_is_printed_line_by_line(nhicard: Nhicard, after_night: Path) -> None:
    lines = nhicard("result-log", 1).out.splitlines()
    assert len(lines) == 20 + 2
    assert re.fullmatch(r"\d\d:\d\d:\d\d 開始執行\.\.\.", lines[0])
    assert all(re.match(rf"\d\d:\d\d:\d\d 第{n}筆資料:", line) for n, line in enumerate(lines[1:-1], 1))


def test_the_answer_is_written_as_the_employer_gets_it(
    nhicard: Nhicard, after_night: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "answers"
    said = nhicard("result-log", 1, "-o", folder)
    log, annotated = sorted(folder.iterdir(), reverse=True)
    assert said.out.splitlines() == [str(log), str(annotated)]
    for written in (log, annotated):
        content = written.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")  # Excel shows Chinese only behind a byte order mark
        assert content.count(b"\r\n") == content.count(b"\n") > 20
    assert log.read_text(encoding="utf-8-sig") == nhicard("result-log", 1).out


def test_an_answer_that_cannot_be_written_is_refused(
    nhicard: Nhicard, after_night: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    said = nhicard("result-log", 1, "-o", tmp_path / "file" / "answers")
    assert (said.code, one_line(said.err), "-o" in said.err) == (2, True, True)


def test_a_purged_log_is_told_apart_from_an_empty_one(nhicard: Nhicard, after_night: Path) -> None:
    nhicard("housekeeping", "--as-of", date.today() + timedelta(days=400))  # noqa: DTZ011
    said = nhicard("result-log", 1)
    assert (said.code, "purged" in said.err) == (2, True)
    assert sum(nhicard("batch", "show", 1, "--json").json["outcomes"].values()) == 20
