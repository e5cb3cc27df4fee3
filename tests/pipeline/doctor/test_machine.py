"""Settings as given, folders, disk, and Airflow's own files."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipeline.doctor import airflow, folders, machine
from pipeline.finding import Finding
from pipeline.settings import ROOT
from tests.pipeline.doctor.conftest import MakeSettings


@pytest.fixture
def env_file(settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place of a `.env` that belongs to this test."""
    path = tmp_path / ".env"
    monkeypatch.setattr("pipeline.settings.ENV_FILE", path)
    monkeypatch.setattr(machine, "ENV_FILE", path)
    return path


def _settings_row() -> Finding:
    (row,) = machine.settings_fit()
    return row


def test_this_python_is_one_of_those_that_the_pins_are_made_for() -> None:
    (row,) = machine.python_version()
    assert row.is_fine


def test_settings_are_counted_and_never_quoted(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NHICARD_SMTP_PASSWORD", "hush")
    env_file.write_text("NHICARD_SMTP_USER=clerk\nOTHER=1\n")
    assert _settings_row().current == "2 set, the others by default; .env read"


@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_misspelt_setting_is_named(env_file: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    if where == "file":
        env_file.write_text("NHICARD_SMPT_HOST=mail.example.com\n")
    else:
        monkeypatch.setenv("NHICARD_SMPT_HOST", "mail.example.com")
    row = _settings_row()
    assert (row.is_fine, row.current) == (False, "without effect: NHICARD_SMPT_HOST")


def test_a_value_that_does_not_fit_is_named_and_not_quoted(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NHICARD_SMTP_PORT", "hush")
    row = _settings_row()
    assert not row.is_fine
    assert "NHICARD_SMTP_PORT" in row.current
    assert "hush" not in str(row.as_dict())


@pytest.mark.parametrize(("mode", "is_fine"), [(0o600, True), (0o400, True), (0o640, False), (0o644, False)])
def test_a_settings_file_is_for_its_owner_only(env_file: Path, mode: int, is_fine: bool) -> None:
    env_file.touch()
    env_file.chmod(mode)
    (row,) = machine.settings_file_is_private()
    assert row.is_fine is is_fine
    assert row.how_to_fix == ("" if is_fine else f"chmod 600 {env_file}")


def test_without_a_settings_file_there_is_no_row_about_it(env_file: Path) -> None:
    assert list(machine.settings_file_is_private()) == []


def test_folders_that_can_be_written_are_fine(settings: MakeSettings, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    rows = list(folders.folders(settings()))
    assert [row.is_fine for row in rows] == [True, True, True]
    assert list((tmp_path / "inbox").iterdir()) == []


def test_a_missing_drop_folder_is_told_and_a_missing_var_folder_is_made_later(
    settings: MakeSettings, tmp_path: Path
) -> None:
    var, _disk, inbox = folders.folders(settings(var_dir=tmp_path / "new folder"))
    assert (var.is_fine, "not there yet" in var.current) == (True, True)
    assert not inbox.is_fine
    assert inbox.how_to_fix.startswith(f"mkdir -p '{tmp_path}/new folder/inbox'")
    assert not (tmp_path / "new folder").exists()


def test_a_folder_below_a_file_is_told(settings: MakeSettings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    var, _disk, inbox = folders.folders(settings(var_dir=tmp_path / "file"))
    assert (var.is_fine, inbox.is_fine) == (False, False)


def test_a_full_disk_is_told(settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "FREE_BYTES", 2**60)
    _var, disk, _inbox = folders.folders(settings())
    assert not disk.is_fine


@pytest.fixture
def home(settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An Airflow home with our configuration; Airflow's database is not made yet."""
    home = tmp_path / "airflow"
    (home / "var").mkdir(parents=True)
    (home / "airflow.cfg").write_bytes((ROOT / "airflow.cfg").read_bytes())
    monkeypatch.setenv("AIRFLOW_HOME", str(home))
    return home


def _airflow_database(home: Path, *, slots: int | None = 1, is_paused: int | None = 0) -> None:
    """The two tables the doctor reads, as Airflow 3 names them."""
    with sqlite3.connect(home / "var" / "airflow.db") as made:
        made.execute("CREATE TABLE slot_pool (pool TEXT, slots INTEGER)")
        made.execute("CREATE TABLE dag (dag_id TEXT, is_paused BOOLEAN)")
        if slots is not None:
            made.execute("INSERT INTO slot_pool VALUES ('registering', ?)", [slots])
        if is_paused is not None:
            made.execute("INSERT INTO dag VALUES ('employer_bulk_registration', ?)", [is_paused])
    made.close()


def _airflow_rows(settings: MakeSettings, **chosen: object) -> dict[str, Finding]:
    return {row.item.rpartition(" Airflow ")[2]: row for row in airflow.airflow(settings(**chosen))}


def test_an_airflow_with_pool_and_dag_is_fine(settings: MakeSettings, home: Path) -> None:
    _airflow_database(home)
    rows = _airflow_rows(settings)
    assert list(rows) == ["package", "configuration", "pool registering", "DAG"]
    assert [row.how_to_fix for row in rows.values()] == [""] * 4


@pytest.mark.parametrize(
    ("slots", "is_paused", "item", "advice"),
    [
        pytest.param(None, 0, "pool registering", "airflow pools set registering 1", id="no pool"),
        pytest.param(4, 0, "pool registering", "airflow pools set registering 1", id="wide pool on SQLite"),
        pytest.param(1, 1, "DAG", "airflow dags unpause employer_bulk_registration", id="paused"),
        pytest.param(1, None, "DAG", "airflow dags list-import-errors", id="never seen"),
    ],
)
def test_what_airflow_lacks_is_told_with_its_command(
    settings: MakeSettings, home: Path, slots: int | None, is_paused: int | None, item: str, advice: str
) -> None:
    _airflow_database(home, slots=slots, is_paused=is_paused)
    wrong = {name: row for name, row in _airflow_rows(settings).items() if not row.is_fine}
    assert list(wrong) == [item]
    assert advice in wrong[item].how_to_fix


def test_a_wide_pool_is_fine_on_postgresql(settings: MakeSettings, home: Path) -> None:
    _airflow_database(home, slots=8)
    assert _airflow_rows(settings, database_url="postgresql://db/nhicard")["pool registering"].is_fine


def test_an_airflow_database_that_is_not_made_is_told_and_not_made(
    settings: MakeSettings, home: Path
) -> None:
    row = _airflow_rows(settings)["database"]
    assert (row.is_fine, "airflow db migrate" in row.how_to_fix) == (False, True)
    assert list((home / "var").iterdir()) == []


def test_a_connection_that_only_airflow_resolves_is_left_to_airflow(
    settings: MakeSettings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD", "cat /run/secrets/airflow")
    row = _airflow_rows(settings)["database"]
    assert (row.is_fine, "airflow pools get registering" in row.current) == (True, True)


def test_an_environment_that_names_another_database_wins(
    settings: MakeSettings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql+psycopg2://a:hush@127.0.0.1:1/airflow"
    )
    row = _airflow_rows(settings)["database"]
    assert not row.is_fine
    assert "hush" not in str(row.as_dict())


def test_a_home_without_our_configuration_is_told(
    settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    row = _airflow_rows(settings)["configuration"]
    assert (row.is_fine, row.how_to_fix) == (False, f"export AIRFLOW_HOME={ROOT}")
