"""`nhicard` as a user calls it, over a var folder of the test's own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailers.catcher import MailCatcher
from pipeline.cli import main


@dataclass(frozen=True)
class Said:
    """What a command left behind: its exit code and its two streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        assert self.out.count("\n") == 1
        return found


Nhicard = Callable[..., Said]


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A var folder that is not there yet, and no other setting."""
    for name in [name for name in os.environ if name.startswith(("NHICARD_", "AIRFLOW_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NHICARD_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("NHICARD_SETTLE_SECONDS", "0")
    return tmp_path / "var"


@pytest.fixture
def nhicard(capsys: pytest.CaptureFixture[str]) -> Nhicard:
    """Call the command in this process."""

    def call(*words: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Said(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var folder with a database, a loaded register, and a night's files to collect; to be copied."""
    folder = tmp_path_factory.mktemp("prepared") / "var"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("NHICARD_VAR_DIR", str(folder))
        for words in (
            ["demo-data", "--people", "400", "--files", "3", "--rows", "60", "--bad", "20", "-o", folder],
            ["init-db"],
            ["load-register"],
        ):
            with pytest.raises(SystemExit) as ended:
                main([str(word) for word in words])
            assert not ended.value.code
    return folder


@pytest.fixture
def ready(prepared: Path, var: Path) -> Path:
    """This test's copy of it, before the night."""
    shutil.copytree(prepared, var)
    return var


@pytest.fixture
def after_night(ready: Path, nhicard: Nhicard) -> Path:
    """The same after the night; the mails are queued."""
    assert nhicard("run-batch", "--no-mailbox", "--no-mail").code == 0
    return ready


@pytest.fixture
def catcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A mail server of our own; the folder where it keeps what it takes."""
    with MailCatcher(tmp_path / "mail") as server:
        host, port = server.address
        monkeypatch.setenv("NHICARD_SMTP_HOST", host)
        monkeypatch.setenv("NHICARD_SMTP_PORT", str(port))
        monkeypatch.setenv("NHICARD_SMTP_TLS", "none")
        yield tmp_path / "mail"


def one_line(text: str) -> bool:
    """Is it a single line, and no traceback?"""
    return text.startswith("nhicard: ") and text.count("\n") == 1
