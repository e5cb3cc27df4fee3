"""Settings of a test's own, and mail servers with and without encryption."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import Settings
from tests.mailers.conftest import (  # noqa: F401  fixtures
    catcher,
    certificate,
    implicit_tls_catcher,
    server_tls,
    tls_catcher,
)

MakeSettings = Callable[..., Settings]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeSettings:
    """Make settings over a var folder of the test's own; nothing comes from outside."""
    for name in [name for name in os.environ if name.startswith(("NHICARD_", "AIRFLOW_"))]:
        monkeypatch.delenv(name)

    def make(**chosen: Any) -> Settings:
        return Settings(_env_file=None, **{"var_dir": tmp_path} | chosen)

    return make
