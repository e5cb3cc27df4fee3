"""Python, and the settings as they are given."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from pipeline.errors import MachineUnusable
from pipeline.finding import Finding, judged
from pipeline.settings import ENV_FILE, PREFIX, Settings, given_names, load_settings

OLDEST_PYTHON: Final = (3, 11)
TOO_NEW_PYTHON: Final = (3, 13)  # as requires-python says: Airflow's and our pins are tested below it
PRIVATE: Final = 0o077  # no bit for group and others


def python_version() -> Iterator[Finding]:
    """Is this the Python that the pins are made for?"""
    running = ".".join(map(str, sys.version_info[:3]))
    yield judged(
        "Python 版本 Python version",
        recommended="3.11 or 3.12",
        current=running,
        is_fine=OLDEST_PYTHON <= sys.version_info[:2] < TOO_NEW_PYTHON,
        how_to_fix="make clean, then PYTHON=python3.11 make demo",
    )


def settings_fit() -> Iterator[Finding]:
    """Can the settings be read, and has every NHICARD_ name a setting? Names only, never a value."""
    try:
        load_settings()
    except MachineUnusable as error:
        yield _settings(str(error), how_to_fix=f"correct it in the environment or in {ENV_FILE}")
        return
    given = given_names()
    unknown = ", ".join(sorted(given - {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}))
    if unknown:
        yield _settings(f"without effect: {unknown}", how_to_fix=f"correct the name or drop it: {unknown}")
    else:
        file = "read" if ENV_FILE.is_file() else "not there"
        yield _settings(f"{len(given)} set, the others by default; {ENV_FILE.name} {file}")


def _settings(current: str, *, how_to_fix: str = "") -> Finding:
    return Finding(
        item="環境設定 Settings",
        recommended="every NHICARD_ name known, every value fits",
        current=current,
        is_fine=not how_to_fix,
        how_to_fix=how_to_fix,
    )


def settings_file_is_private() -> Iterator[Finding]:
    """May only its owner read the file that holds passwords? No row without such a file."""
    if ENV_FILE.is_file():
        mode = ENV_FILE.stat().st_mode & 0o777
        yield judged(
            "設定檔權限 Settings file",
            recommended="readable by its owner only (600)",
            current=f"{mode:o}",
            is_fine=not mode & PRIVATE,
            how_to_fix=f"chmod 600 {ENV_FILE}",
        )
