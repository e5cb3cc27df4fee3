"""Help: there for every command and option, and quick."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from pipeline.cli import app
from tests.pipeline.cli.conftest import Nhicard

HEAVY = ("airflow", "aiosmtplib", "alembic", "pandas", "pandera", "psycopg", "pyarrow", "sqlalchemy")


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*path, name))


COMMANDS = dict(_commands(typer.main.get_command(app)))


def test_every_command_of_the_nightly_job_is_there() -> None:
    assert {" ".join(path) for path in COMMANDS} >= {
        "check", "init-db", "load-register", "run-batch", "collect", "deliver-mail", "mail status",
        "mail pause", "mail resume", "mail retry", "batch list", "batch show", "batch release",
        "batch refuse", "result-log", "housekeeping", "demo-data", "doctor", "demo", "up",
    }  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_option_is_explained_in_both_languages(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    ours = [param for param in command.params if param.name not in ("install_completion", "show_completion")]
    for text in (command.help, *(param.help for param in ours)):
        assert re.search(r"[\u4e00-\u9fff]", text or ""), text
        assert re.search(r"[A-Za-z]{3}", text or ""), text


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_ends_well_and_loses_no_letter_on_a_narrow_terminal(
    nhicard: Nhicard, monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = nhicard(*path, "--help")
    assert (said.code, said.err) == (0, "")
    assert f"Usage: {' '.join(('nhicard', *path))} " in said.out
    assert "…" not in said.out


def test_help_imports_nothing_heavy() -> None:
    seen = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from pipeline.cli import main; main(['--help'])"],
        capture_output=True,
        text=True,
    )
    assert seen.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in seen.stderr.splitlines()}
    assert "pipeline.cli" in imported
    assert not {name for name in imported if name.startswith(HEAVY)}
