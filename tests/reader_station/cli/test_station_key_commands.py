"""`station-key` as operators call it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.accounts.station_keys import recognise
from pipeline.errors import ArgumentRefused
from pipeline.store.engine import Database
from reader_station.cli.station_key_commands import station_key_app


@pytest.fixture
def database(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database that the command's settings name."""
    monkeypatch.setenv("NHICARD_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("NHICARD_DATABASE_URL", sqlite_database.engine.url.render_as_string())
    return sqlite_database


def called(*words: str) -> str:
    return CliRunner().invoke(station_key_app, words, catch_exceptions=False).stdout


def test_a_key_is_shown_once_listed_and_revoked(database: Database) -> None:
    assert "No station" in called("list")
    shown = called("add", "kiosk-1", "--kind", "kiosk")
    key = re.fullmatch(r"NHICARD_STATION_KEY=([\w-]{43})\n", shown)
    assert key, shown
    station = recognise(database, key[1], address="192.0.2.1")
    assert station is not None
    assert station.kind == "kiosk"
    assert key[1] not in called("list")
    called("revoke", "kiosk-1")
    (known,) = json.loads(called("list", "--json"))["station_keys"]
    assert (known["name"], known["kind"], bool(known["revoked_at"])) == ("kiosk-1", "kiosk", True)
    assert recognise(database, key[1], address="192.0.2.1") is None


def test_what_cannot_be_is_refused(database: Database) -> None:
    with pytest.raises(ArgumentRefused, match="no such key"):
        called("revoke", "kiosk-1")
    assert CliRunner().invoke(station_key_app, ["add", "home-1", "--kind", "home"]).exit_code == 2
