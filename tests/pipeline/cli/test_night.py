"""The jobs as an operator calls them: database, register, night, mail, housekeeping."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from mailers.catcher import MailCatcher
from pipeline.bulk.rules.outcome import Outcome
from tests.pipeline.cli.conftest import Nhicard, one_line


def test_init_db_twice_is_as_once(nhicard: Nhicard, var: Path) -> None:
    first, second = nhicard("init-db"), nhicard("init-db")
    assert (first.code, second.code) == (0, 0)
    assert first.out == second.out
    assert (var / "nhicard.db").exists()


def test_init_db_never_prints_the_password(nhicard: Nhicard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NHICARD_DATABASE_URL", "postgresql://clerk:hush@127.0.0.1:1/nhicard")
    said = nhicard("init-db")
    assert said.code == 3
    assert one_line(said.err)
    assert "hush" not in said.out + said.err


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(shutil.rmtree, "units.csv or units.parquet is missing", id="no such folder"),
        pytest.param(lambda folder: (folder / "coverage.csv").unlink(), "coverage", id="a file missing"),
        pytest.param(
            lambda folder: (folder / "units.csv").write_text("unit_code\n"),
            "unit_name",
            id="a column missing",
        ),
    ],
)
def test_a_register_that_does_not_fit_is_refused_in_one_line(
    nhicard: Nhicard, ready: Path, spoil: object, told: str
) -> None:
    spoil(ready / "register")  # type: ignore[operator]
    said = nhicard("load-register", ready / "register")
    assert said.code == 2
    assert one_line(said.err)
    assert told in said.err


def test_load_register_says_what_joined_left_and_closed(nhicard: Nhicard, ready: Path) -> None:
    lines = nhicard("load-register").out.splitlines()
    assert lines[2] == "beneficiaries: 400 (before: 400); 0 joined, 0 left, 0 changed"
    assert lines[4] == "units that closed: 0"


def test_a_register_that_shrinks_is_loaded_only_by_force(nhicard: Nhicard, ready: Path) -> None:
    people = ready / "register" / "beneficiaries.csv"
    people.write_text("".join(people.read_text().splitlines(keepends=True)[:200]))
    assert nhicard("load-register").code == 2
    assert "beneficiaries: 199 (before: 400); 0 joined, 201 left" in nhicard("load-register", "--force").out


def test_demo_data_goes_into_a_new_folder_only(nhicard: Nhicard, tmp_path: Path) -> None:
    small = ("demo-data", "--people", 20, "--files", 1, "--rows", 5, "-o", tmp_path / "made")
    made = nhicard(*small)
    assert (made.code, "Next: nhicard load-register" in made.out) == (0, True)
    again = nhicard(*small)
    assert (again.code, one_line(again.err)) == (2, True)


def test_run_batch_prints_one_object_whose_rows_are_the_sum_of_its_outcomes(
    nhicard: Nhicard, ready: Path
) -> None:
    said = nhicard("run-batch", "--no-mailbox", "--no-mail", "--json")
    night = said.json
    assert (said.code, said.err) == (0, "")
    assert list(night) == [
        "run_id", "files", "refused_files", "held_files", "rows", "outcomes", "batches", "outbox_queued",
    ]  # fmt: skip
    assert set(night["outcomes"]) == {outcome.value for outcome in Outcome}
    assert night["rows"] == sum(night["outcomes"].values()) == 60
    assert (night["files"], night["refused_files"], night["held_files"]) == (3, 0, 0)
    assert [set(batch) for batch in night["batches"]] == [{"batch_id", "name", "outcomes"}] * 3
    assert sum(sum(batch["outcomes"].values()) for batch in night["batches"]) == 60
    assert night["outbox_queued"] > night["outcomes"]["REGISTERED"] > 0


def test_a_dry_run_judges_the_same_and_leaves_no_trace(nhicard: Nhicard, ready: Path) -> None:
    before = sorted((ready / "inbox").glob("*"))
    rehearsed = nhicard("run-batch", "--dry-run", "--json").json
    assert sorted(path for path in (ready / "inbox").glob("*") if path.is_file()) == before
    assert nhicard("batch", "list", "--json").json == {"batches": []}
    assert nhicard("mail", "status", "--json").json["messages"] == {}
    real = nhicard("run-batch", "--no-mail", "--json").json
    assert rehearsed["outcomes"] == real["outcomes"]
    assert real["run_id"] == rehearsed["run_id"] + 1


def test_a_night_in_words_shows_every_outcome_and_the_counts(nhicard: Nhicard, ready: Path) -> None:
    said = nhicard("run-batch", "--no-mail")
    assert all(outcome in said.out for outcome in Outcome)
    assert "3 files: 0 refused, 0 held; 60 rows" in said.out
    assert said.err == ""


def test_another_drop_folder_may_be_named(nhicard: Nhicard, ready: Path, tmp_path: Path) -> None:
    (ready / "inbox").rename(tmp_path / "elsewhere")
    night = nhicard("run-batch", "--inbox", tmp_path / "elsewhere", "--no-mail", "--json").json
    assert night["files"] == 3


def test_a_mail_server_that_is_away_spoils_nothing_but_the_exit_code(
    nhicard: Nhicard, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NHICARD_SMTP_PORT", "1")
    said = nhicard("run-batch", "--json")
    assert said.code == 3
    assert said.json["rows"] == 60
    assert one_line(said.err)
    assert "mail server" in said.err


def test_an_old_register_holds_the_night_and_says_what_to_do(
    nhicard: Nhicard, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NHICARD_REGISTER_MAX_AGE_DAYS", "0")
    said = nhicard("run-batch", "--no-mail", "--json")
    assert said.code == 3
    assert (said.json["files"], said.json["rows"]) == (3, 0)
    assert one_line(said.err)
    assert "nhicard load-register DIR" in said.err


def test_without_any_register_nothing_is_collected(nhicard: Nhicard) -> None:
    nhicard("init-db")
    said = nhicard("collect")
    assert (said.code, "nhicard load-register" in said.err) == (3, True)


def test_collect_moves_the_files_away_and_counts_them(nhicard: Nhicard, ready: Path) -> None:
    (ready / "inbox" / "Copy of list.csv").write_text("A,B,C\n")
    assert nhicard("collect", "--json").json == {
        "files": 4,
        "accepted": 3,
        "refused": 1,
        "mails": 0,
        "unanswered_mails": 0,
        "bounces": 0,
        "digest": 0,
    }
    assert set(nhicard("collect", "--json").json.values()) == {0}
    assert (ready / "inbox" / "refused" / "Copy of list.csv").exists()


def test_deliver_mail_sends_what_is_due_once(nhicard: Nhicard, after_night: Path, catcher: Path) -> None:
    queued = sum(_states(nhicard).values())
    assert nhicard("deliver-mail", "--json").json == {
        "sent": queued, "retry": 0, "bounced": 0, "failed": 0, "is_paused": False,
        "suppressed": 0, "unknown": 0, "possibly_doubled": 0,
    }  # fmt: skip
    assert len(list(catcher.glob("*.eml"))) == queued
    assert nhicard("deliver-mail", "--json").json["sent"] == 0
    assert _states(nhicard) == {"sent": queued}


def test_a_delivery_without_a_server_keeps_every_mail(
    nhicard: Nhicard, after_night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NHICARD_SMTP_PORT", "1")
    before = _states(nhicard)
    said = nhicard("deliver-mail")
    assert said.code == 3
    assert one_line(said.err)
    assert "stays queued" in said.err
    assert _states(nhicard) == before


def test_paused_mail_stays_until_it_is_resumed(nhicard: Nhicard, after_night: Path, catcher: Path) -> None:
    assert "nhicard mail resume" in nhicard("mail", "pause").out
    assert nhicard("mail", "status", "--json").json["paused"] is True
    assert "PAUSED" in nhicard("mail", "status").out
    assert nhicard("deliver-mail", "--json").json["is_paused"] is True
    assert not list(catcher.glob("*.eml"))
    nhicard("mail", "resume")
    assert nhicard("mail", "status", "--json").json["paused"] is False
    assert nhicard("deliver-mail", "--json").json["sent"] > 0


class Busy(MailCatcher):
    """A mail server that takes nothing now."""

    async def handle_RCPT(self, *_: object) -> str:  # noqa: N802  aiosmtpd's hook
        return "451 later"


def test_mails_that_were_put_off_are_due_again_by_retry(
    nhicard: Nhicard, after_night: Path, catcher: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = sum(_states(nhicard).values())
    with monkeypatch.context() as busy_hour, Busy(catcher) as busy:
        busy_hour.setenv("NHICARD_SMTP_PORT", str(busy.port))
        assert nhicard("deliver-mail", "--json").json["retry"] == queued
    assert nhicard("deliver-mail", "--json").json["sent"] == 0  # each waits for its time
    assert nhicard("mail", "retry").out.startswith(f"Mails due now: {queued}.")
    assert nhicard("deliver-mail", "--json").json["sent"] == queued


def test_housekeeping_purges_by_the_day_it_is_given(nhicard: Nhicard, after_night: Path) -> None:
    today = date.today()  # noqa: DTZ011  the day before or after is as far from the limits
    counts = nhicard("housekeeping", "--as-of", today, "--json").json
    assert set(counts.values()) == {0}
    later = nhicard("housekeeping", "--as-of", today + timedelta(days=40), "--json").json
    assert (later["rows"], later["raw_files"]) == (60, 3)
    again = nhicard("housekeeping", "--as-of", today + timedelta(days=40), "--json").json
    assert (again["rows"], again["raw_files"]) == (0, 0)


def _states(nhicard: Nhicard) -> dict[str, int]:
    found: dict[str, int] = {}
    for states in nhicard("mail", "status", "--json").json["messages"].values():
        for state, count in states.items():
            found[state] = found.get(state, 0) + count
    return found
