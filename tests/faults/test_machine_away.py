"""Facts about nights without a database, a drop folder or a mail server: exit 3, and the next one goes on."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import event, text

from pipeline.errors import MachineUnusable
from pipeline.store import engine
from pipeline.store.engine import Database
from pipeline.store.tables import hand_in, outbox_message, run
from tests.journey.office import OTHER_UNIT, UNIT, Office

# Any clock is later: some of the nights below are another process's.
NAME, OTHER_NAME = f"{UNIT}20150820.CSV", f"{OTHER_UNIT}20150820.CSV"
NHICARD = Path(sys.executable).with_name("nhicard")


def nhicard(office: Office, *words: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    chosen = {
        "VAR_DIR": office.folder,
        "DATABASE_URL": office.settings.database_url,
        "SETTLE_SECONDS": 0,
        "SMTP_TLS": "none",
        "SMTP_HOST": office.settings.smtp_host,
        "SMTP_PORT": office.settings.smtp_port,
    } | settings
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NHICARD_")}
    environment |= {f"NHICARD_{name}": str(value) for name, value in chosen.items()}
    return subprocess.run(
        [NHICARD, *words], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def said_once(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on stderr of a command that found the machine unusable."""
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def opened_now(database: Database, folder: Path) -> Office:
    """An office by the wall clock, as processes of their own see it."""
    return Office.opened(database, folder, now=datetime.now(UTC))


def hand_in_two_files(office: Office) -> None:
    both = office.person()
    office.cover(both.national_id, at=OTHER_UNIT)
    office.file(NAME, both, office.person(), office.stranger())
    office.file(OTHER_NAME, both)


def check_completed(office: Office) -> None:
    """The night's work is done, whichever nights it took."""
    assert office.registered() == sorted(person.national_id for person in office.people[:2])
    assert [state for _, state, _ in office.states()] == ["done", "done"]
    said = sorted([*office.answers(NAME), *office.answers(OTHER_NAME)])
    assert [text.count("成功") for text in said] == [0, 0, 1, 1]
    assert sorted(kind for kind, _ in office.owed()) == ["answer", "answer", "success", "success"]
    assert office.shelf("") == []


# --- as an operator sees it -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://nhicard:secret@127.0.0.1:1/nhicard", id="PostgreSQL stopped"),
        pytest.param("sqlite:////dev/null/nhicard.db", id="SQLite in a folder that cannot be"),
    ],
)
def test_without_its_database_a_night_says_so_and_does_nothing(
    sqlite_database: Database, tmp_path: Path, url: str
) -> None:
    office = opened_now(sqlite_database, tmp_path)
    hand_in_two_files(office)
    done = nhicard(office, "run-batch", "--json", DATABASE_URL=url)
    assert "secret" not in said_once(done)
    assert done.stdout == ""
    assert office.shelf("") == [NAME, OTHER_NAME]


def test_without_the_mail_server_all_else_is_done_and_told(database: Database, tmp_path: Path) -> None:
    office = opened_now(database, tmp_path)
    hand_in_two_files(office)
    done = nhicard(office, "run-batch", "--json", SMTP_PORT=1)
    assert "mail server" in said_once(done)
    told = json.loads(done.stdout)
    assert (told["rows"], told["outcomes"]["REGISTERED"], told["outbox_queued"]) == (4, 2, 4)
    check_completed(office)
    assert {(row.state, row.attempts) for row in office.all(outbox_message)} == {("queued", 0)}
    office.now = datetime.now(UTC)
    with office.post() as mails:
        office.summary(delivers=True)
        assert len(list(mails.glob("*.eml"))) == 4
    assert {row.state for row in office.all(outbox_message)} == {"sent"}
    check_completed(office)


def test_an_old_register_is_told_with_the_way_out(sqlite_database: Database, tmp_path: Path) -> None:
    office = opened_now(sqlite_database, tmp_path)
    hand_in_two_files(office)
    office.file(f"{UNIT}20150832.CSV", office.people[0])
    done = nhicard(office, "run-batch", "--json", "--no-mail", REGISTER_MAX_AGE_DAYS=0)
    assert "nhicard load-register" in said_once(done)
    assert json.loads(done.stdout)["rows"] == 0
    assert sorted(state for _, state, _ in office.states()) == ["refused", "waiting", "waiting"]
    assert [kind for kind, _ in office.owed()] == ["refusal"]
    assert office.registered() == []


# --- in the middle of a night -----------------------------------------------------------------------


def at_commit(office: Office, number: int, spoil: Callable[[], None]) -> None:
    """Spoil the database when the office is about to commit for that time."""
    commits = count(1)

    def act(_connection: object) -> None:
        if next(commits) == number:
            spoil()

    event.listen(office.database.engine, "commit", act)


POINTS = {"recording": 2, "moving": 3, "planning": 4, "judging": 5, "registering": 6, "queueing answers": 7}


@pytest.mark.parametrize("number", POINTS.values(), ids=POINTS)
def test_postgresql_going_away_leaves_nothing_half_done(
    postgresql_database: Database, postgresql_admin: Database, tmp_path: Path, number: int
) -> None:
    office = Office.opened(postgresql_database, tmp_path)
    hand_in_two_files(office)
    name = postgresql_database.engine.url.database

    def stop() -> None:
        with postgresql_admin.engine.connect() as connection:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            connection.execute(text(ended), {"name": name})

    at_commit(office, number, stop)
    assert office.night().fault.startswith("database: ")
    assert [row.state for row in office.all(run)] == ["stopped"]
    assert (office.registered() == []) is (number <= POINTS["registering"])
    office.summary()
    check_completed(office)
    assert len(office.all(hand_in)) == 2


@pytest.mark.parametrize("spare_pages", [0, 4, 12, 20])
def test_a_full_disk_leaves_nothing_half_done(
    sqlite_database: Database, tmp_path: Path, spare_pages: int
) -> None:
    office = Office.opened(sqlite_database, tmp_path)
    office.file(NAME, *office.persons(200))

    def allow(pages: str) -> None:  # on the engine's one connection, which the night will use
        with sqlite_database.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with sqlite_database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    allow(pages + spare_pages)
    with pytest.raises(MachineUnusable, match="database or disk is full"):
        raise MachineUnusable(office.night().fault)  # or it cannot even write the run's end
    assert len(office.registered()) == sum(kind == "success" for kind, _ in office.owed())
    allow("1000000")
    office.summary()
    assert len(office.registered()) == 200
    assert office.answers(NAME) == ["網路服務註冊成功!"] * 200
    assert [state for _, state, _ in office.states()] == ["done"]


def test_a_locked_sqlite_stops_the_night_in_time_and_the_next_one_goes_on(
    migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "nhicard.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    office = Office.opened(Database(f"sqlite:///{path}"), tmp_path)
    hand_in_two_files(office)
    before = office.everything()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(MachineUnusable, match="database is locked"):
        office.night()
    holder.execute("ROLLBACK")
    holder.close()
    assert office.everything() == before
    office.summary()
    check_completed(office)
    office.database.engine.dispose()


def test_a_drop_folder_that_is_none_stops_the_night(office: Office) -> None:
    office.settings.inbox_dir = office.folder / "a file"
    office.settings.inbox_dir.write_text("not a folder")
    assert office.night().fault.startswith("drop folder ")
    assert [row.state for row in office.all(run)] == ["stopped"]
