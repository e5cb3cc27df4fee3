"""The business database as the doctor meets it, on both kinds of database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from pipeline.bulk.letters.digest_mails import DIGEST
from pipeline.bulk.queries import letters
from pipeline.bulk.queries.letters import Letter
from pipeline.doctor.database import business_database
from pipeline.finding import Finding
from pipeline.insured.queries import register
from pipeline.outbox.queries import messages as outbox
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.store.tables import batch, outbox_message
from tests.pipeline.doctor.conftest import MakeSettings

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=5)


@pytest.fixture
def here(settings: MakeSettings, database: Database) -> Settings:
    return settings(database_url=database.engine.url.render_as_string(hide_password=False))


def _rows(settings: Settings) -> dict[str, Finding]:
    """The rows by the English part of their item."""
    return {row.item.partition(" ")[2]: row for row in business_database(settings)}


def _wrong(settings: Settings) -> set[str]:
    return {item for item, row in _rows(settings).items() if not row.is_fine}


def _a_batch(state: str, received_at: datetime) -> dict[str, Any]:
    return {
        "name": "11000000120261120.CSV", "source": "folder", "sha256": "0" * 64, "received_at": received_at,
        "received_on": received_at.date(), "ignored_columns": [], "state": state,
    }  # fmt: skip


def test_a_fresh_database_lacks_a_register_only(here: Settings, database: Database) -> None:
    rows = _rows(here)
    kind = {"sqlite": "SQLite 3", "postgresql": "PostgreSQL 1"}[database.dialect]
    assert rows["Business database"].current.startswith(kind)
    assert _wrong(here) == {"Insured register"}
    assert rows["Insured register"].current == "never loaded"


def test_a_loaded_register_is_fine_until_it_is_too_old(here: Settings, database: Database) -> None:
    with database.transaction() as connection:
        register.record_load(connection, loaded_at=LONG_AGO, counts={})
    assert _wrong(here) == {"Insured register"}
    with database.transaction() as connection:
        register.record_load(connection, loaded_at=NOW, counts={})
    assert _wrong(here) == set()


@pytest.mark.parametrize(
    ("state", "received_at", "item"),
    [
        pytest.param("held", NOW, "Held files", id="held"),
        pytest.param("waiting", LONG_AGO, "Waiting files", id="waiting since days"),
        pytest.param("waiting", NOW, None, id="waiting for tonight"),
        pytest.param("done", LONG_AGO, None, id="done"),
        pytest.param("refused", LONG_AGO, None, id="refused"),
    ],
)
def test_what_is_stuck_is_told(
    here: Settings, database: Database, state: str, received_at: datetime, item: str | None
) -> None:
    with database.transaction() as connection:
        register.record_load(connection, loaded_at=NOW, counts={})
        connection.execute(insert(batch).values(_a_batch(state, received_at)))
    assert _wrong(here) == ({item} if item else set())


def test_a_pause_and_mails_given_up_are_told(here: Settings, database: Database) -> None:
    with database.transaction() as connection:
        outbox.pause(connection, at=NOW)
        letters.queue(connection, [Letter(DIGEST, "staff@example.com")], at=NOW)
        connection.execute(update(outbox_message).values(state="failed"))
    row = _rows(here)["Mail delivery"]
    assert (row.current, row.how_to_fix) == ("paused, 1 mails given up", "nhicard mail resume")
    with database.transaction() as connection:
        outbox.resume(connection)
    assert "nhicard mail retry" in _rows(here)["Mail delivery"].how_to_fix


def test_a_clock_behind_the_newest_record_is_told(here: Settings, database: Database) -> None:
    with database.transaction() as connection:
        register.record_load(connection, loaded_at=NOW + timedelta(hours=1), counts={})
    assert _wrong(here) == {"System clock"}


def test_a_missing_file_is_told_and_not_made(settings: MakeSettings, tmp_path: Path) -> None:
    rows = _rows(settings())
    assert "nhicard init-db" in rows["Business database"].how_to_fix
    assert not (tmp_path / "nhicard.db").exists()


def test_an_unmigrated_database_is_told(settings: MakeSettings, tmp_path: Path) -> None:
    (tmp_path / "nhicard.db").touch()
    assert "nhicard init-db" in _rows(settings())["Business database"].current


def test_a_file_that_is_no_database_is_told(settings: MakeSettings, tmp_path: Path) -> None:
    (tmp_path / "nhicard.db").write_bytes(b"not a database at all" * 100)
    assert not _rows(settings())["Business database"].is_fine


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://clerk:hush@127.0.0.1:1/nhicard", id="nobody listens"),
        pytest.param("oracle://clerk:hush@127.0.0.1/nhicard", id="another kind"),
        pytest.param("no url", id="not a URL"),
    ],
)
def test_a_database_that_is_away_is_told_without_its_password(settings: MakeSettings, url: str) -> None:
    (row,) = business_database(settings(database_url=url))
    assert not row.is_fine
    assert "NHICARD_DATABASE_URL" in row.how_to_fix
    assert "hush" not in str(row.as_dict())
