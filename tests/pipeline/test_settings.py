"""Settings and local secrets on a real file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import settings
from pipeline.errors import MachineUnusable
from pipeline.settings import load_settings, local_secret


def test_a_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    secret = local_secret(path)
    assert len(secret) == 128
    assert local_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["secret_key"]


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    with pytest.raises(MachineUnusable, match="is empty"):
        local_secret(tmp_path / "secret_key")


def test_a_line_of_the_env_file_without_an_equals_sign_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("NHICARD_SMTP_PORT 25\n")
    monkeypatch.setattr(settings, "ENV_FILE", tmp_path / ".env")
    with pytest.raises(MachineUnusable, match="line 1 is no NAME=value"):
        load_settings()


def test_a_schedule_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NHICARD_NIGHTLY_CRON", "99 x")
    with pytest.raises(MachineUnusable, match="NHICARD_NIGHTLY_CRON"):
        load_settings()
