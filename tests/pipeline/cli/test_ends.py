"""How commands end: exit codes, one line on stderr, a traceback only when asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.outbox.queries import messages as outbox
from tests.pipeline.cli.conftest import Nhicard, one_line

NHICARD = Path(sys.executable).with_name("nhicard")

ASKS_THE_DATABASE = [
    "run-batch", "collect", "deliver-mail", "housekeeping", "load-register", "mail status", "mail pause",
    "mail resume", "mail retry", "batch list", "batch show 1", "batch release 1", "batch refuse 1",
    "result-log 1",
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param("nonsense", "No such command 'nonsense'", id="unknown command"),
        pytest.param("batch nonsense", "No such command 'nonsense'", id="unknown command of a group"),
        pytest.param("batch list --stat held", "--stat", id="unknown option"),
        pytest.param("batch list --state lost", "'held'", id="a state that does not exist"),
        pytest.param("batch list --limit 0", "--limit", id="a number out of range"),
        pytest.param("batch show", "BATCH_ID", id="missing argument"),
        pytest.param("batch show seven", "BATCH_ID", id="not a number"),
        pytest.param("housekeeping --as-of 2026-02-30", "--as-of", id="not a day"),
        pytest.param("run-batch --inbox", "--inbox", id="option without its value"),
        pytest.param("run-batch --inbox nowhere", "no folder nowhere", id="no such drop folder"),
        pytest.param("demo-data --files 9 --rows 8", "files <= rows", id="numbers that do not fit"),
        pytest.param("demo-data --bad 101", "--bad", id="more than all rows bad"),
    ],
)
def test_a_refused_argument_is_one_line_and_exit_code_2(nhicard: Nhicard, words: str, told: str) -> None:
    said = nhicard(*words.split())
    assert said.code == 2
    assert one_line(said.err)
    assert told in said.err
    assert said.out == ""


def test_a_wrong_word_is_answered_with_where_the_help_is(nhicard: Nhicard) -> None:
    assert "nhicard batch show --help" in nhicard("batch", "show").err


@pytest.mark.parametrize("words", ["", "batch", "mail"])
def test_without_a_command_the_help_is_shown(nhicard: Nhicard, words: str) -> None:
    said = nhicard(*words.split())
    assert said.code == 2
    assert "Usage: nhicard" in said.out
    assert one_line(said.err)


@pytest.mark.parametrize("words", ASKS_THE_DATABASE)
def test_without_a_database_every_command_says_init_db_and_ends_with_3(
    nhicard: Nhicard, var: Path, words: str
) -> None:
    said = nhicard(*words.split())
    assert said.code == 3
    assert one_line(said.err)
    assert "nhicard init-db" in said.err
    assert said.out == ""
    assert not var.exists()


def test_an_unmigrated_database_is_told_apart_from_a_missing_one(nhicard: Nhicard, var: Path) -> None:
    var.mkdir()
    (var / "nhicard.db").touch()
    said = nhicard("mail", "status")
    assert (said.code, "not ready: run `nhicard init-db`" in said.err) == (3, True)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        pytest.param("SMTP_PORT", "abc", "NHICARD_SMTP_PORT", id="not a number"),
        pytest.param("SMTP_TLS", "maybe", "NHICARD_SMTP_TLS", id="not a choice"),
        pytest.param("DATABASE_URL", "mysql://u:hush@h/d", "NHICARD_DATABASE_URL", id="another database"),
        pytest.param("DATABASE_URL", "hush", "NHICARD_DATABASE_URL", id="not a URL"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_without_its_value(
    nhicard: Nhicard, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"NHICARD_{name}", value)
    said = nhicard("batch", "list")
    assert said.code == 3
    assert one_line(said.err)
    assert told in said.err
    assert value not in said.err


@pytest.mark.parametrize("words", ["--debug mail status", "mail --debug status", "mail status --debug"])
def test_debug_at_any_place_shows_the_traceback_and_keeps_the_exit_code(nhicard: Nhicard, words: str) -> None:
    said = nhicard(*words.split())
    assert said.code == 3
    assert said.err.startswith("Traceback")
    assert said.err.splitlines()[-1].startswith("nhicard: ")


def test_debug_after_two_dashes_is_an_argument(nhicard: Nhicard) -> None:
    assert nhicard("check", "--", "--debug").code == 2


def test_a_bug_is_named_by_its_type_alone(
    nhicard: Nhicard, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_connection: object) -> None:
        raise LookupError("A123456789 hr@example.com")

    monkeypatch.setattr(outbox, "is_paused", broken)
    said = nhicard("mail", "status")
    assert said.code == 3
    assert said.err == "nhicard: internal error (LookupError); --debug shows it\n"
    assert "LookupError: A123456789" in nhicard("mail", "status", "--debug").err


def test_a_missing_package_is_named(var: Path) -> None:
    said = _python(
        "import sys; sys.modules['sqlalchemy'] = None\nfrom pipeline.cli import main; main(['collect'])"
    )
    assert said.returncode == 3
    assert one_line(said.stderr)
    assert "sqlalchemy" in said.stderr
    assert "nhicard[batch]" in said.stderr


def test_the_installed_command_ends_with_the_same_codes() -> None:
    refused = subprocess.run([NHICARD, "batch", "show"], capture_output=True, text=True)
    away = subprocess.run([NHICARD, "mail", "status"], capture_output=True, text=True)
    assert [refused.returncode, away.returncode] == [2, 3]
    assert one_line(refused.stderr)
    assert one_line(away.stderr)


@pytest.mark.parametrize("words", ["--help", "mail status"])
def test_a_reader_that_has_enough_is_no_error(ready: Path, words: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    said = subprocess.run([NHICARD, *words.split()], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert (said.returncode, said.stderr) == (0, "")


def test_a_terminal_without_chinese_is_no_error() -> None:
    latin = os.environ | {"PYTHONIOENCODING": "latin-1"}
    said = subprocess.run([NHICARD, "mail", "--help"], capture_output=True, env=latin)
    assert (said.returncode, said.stderr) == (0, b"")
    assert b"???" in said.stdout


def _python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
