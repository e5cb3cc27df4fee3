"""Made-up nights and databases that hold their registers, each made once and kept under `data/`.

A night is `nhicard demo-data` with its usual mix (10 % bad rows, 20 % landlines, 5 % of Excel's damage). Its
register is loaded once on each kind of database; a measurement works on a fresh copy of it, an installation
of its own that is gone afterwards. Data of an older shape of the tables are brought to today's.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, Literal

from benchmarks import postgresql, sizes
from benchmarks.measuring import NHICARD, run
from benchmarks.sizes import Size
from pipeline.store.engine import Database
from pipeline.store.migrate import migrate

Kind = Literal["sqlite", "postgresql"]
KINDS: Final[tuple[Kind, ...]] = ("sqlite", "postgresql")
TITLES: Final[dict[Kind, str]] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Night:
    """Made-up data in `folder`: `register/`, and `rows` rows in as many files as `inbox/` holds."""

    folder: Path
    people: int
    rows: int
    files: int

    @property
    def register(self) -> Path:
        """The register's files."""
        return self.folder / "register"

    def hand_ins(self, files: int | None = None) -> list[Path]:
        """The first so many files by name, or all; every one has `rows / files` rows."""
        return sorted((self.folder / "inbox").iterdir())[:files]


@dataclass(frozen=True, slots=True)
class Installation:
    """A var folder and a business database, for one measurement."""

    folder: Path
    url: str

    @property
    def inbox(self) -> Path:
        """Its drop folder."""
        return self.folder / "inbox"

    @property
    def environment(self) -> dict[str, str]:
        """The settings under which `nhicard` works here, whatever the shell or `.env` say."""
        return {
            "NHICARD_VAR_DIR": str(self.folder),
            "NHICARD_DATABASE_URL": self.url,
            "NHICARD_INBOX_DIR": str(self.inbox),
            "NHICARD_REGISTER_MAX_AGE_DAYS": "36500",  # prepared data may be kept for weeks
            "NHICARD_SETTLE_SECONDS": "0",  # nobody is still writing into this drop folder
            "NHICARD_IMAP_URL": "",
        }


def night_of(size: Size) -> Night:
    """The night of a size: as many files as its largest growth asks for, of which most take the first."""
    rows = max(size.rows, *size.growth)
    return make_night(people=size.people, rows=rows, files=rows // size.rows_a_file)


def make_night(*, people: int, rows: int, files: int) -> Night:
    """A made-up night; the same sizes are made once."""
    night = Night(_data() / f"night-{people}-{rows}-{files}", people, rows, files)
    if not night.folder.exists():
        with tempfile.TemporaryDirectory(dir=_data()) as unfinished:
            made = Path(unfinished) / "night"
            wanted = ["--people", people, "--rows", rows, "--files", files, "--bad", 10, "--seed", 1]
            run([NHICARD, "demo-data", *wanted, "-o", made])
            made.rename(night.folder)
    return night


@contextmanager
def installation(
    kind: Kind, night: Night | None = None, *, files: int | None = None
) -> Iterator[Installation]:
    """A fresh installation: the night's register and its first `files` files (or all) in the drop folder.

    Without a night it is migrated and empty.
    """
    with tempfile.TemporaryDirectory(dir=_data()) as name:
        folder = Path(name)
        (folder / "inbox").mkdir()
        for path in night.hand_ins(files) if night else ():
            shutil.copy(path, folder / "inbox")
        prepared = _prepared(kind, night)
        if kind == "sqlite":
            _copy(Path(prepared), folder / "nhicard.db")
            yield Installation(folder, _sqlite_url(folder / "nhicard.db"))
        else:
            database = f"measured_{os.getpid()}_{next(_numbers)}"
            postgresql.create(database, template=prepared)
            try:
                yield Installation(folder, postgresql.url(database))
            finally:
                postgresql.drop(database)


def _copy(prepared: Path, path: Path) -> None:
    shutil.copyfile(prepared, path)
    with path.open("rb") as file:
        os.fsync(file.fileno())  # else the copy is still being written while something is measured


def _prepared(kind: Kind, night: Night | None) -> str:
    """Path or name of the database to copy."""
    name = night.folder.name if night else "empty"
    return _prepared_sqlite(name, night) if kind == "sqlite" else _prepared_postgresql(name, night)


def _prepared_sqlite(name: str, night: Night | None) -> str:
    path = _data() / f"{name}.db"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=_data()) as unfinished:
            made = Path(unfinished) / "nhicard.db"
            _fill(_sqlite_url(made), night)
            made.rename(path)
    _migrate(_sqlite_url(path))
    return str(path)


def _prepared_postgresql(name: str, night: Night | None) -> str:
    database = name.replace("-", "_")
    if not postgresql.exists(database):
        unfinished = f"{database}_unfinished"
        postgresql.create(unfinished)
        _fill(postgresql.url(unfinished), night)
        postgresql.tidy(unfinished)
        postgresql.rename(unfinished, database)
    _migrate(postgresql.url(database))
    return database


def _fill(url: str, night: Night | None) -> None:
    _migrate(url)
    if night:
        run([NHICARD, "load-register", night.register], environment={"NHICARD_DATABASE_URL": url})
        _migrate(url)  # opened and closed once more: nothing stays behind in a write-ahead log


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.engine.dispose()  # the last connection takes SQLite's write-ahead log with it


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _data() -> Path:
    folder = sizes.folder() / "data"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
