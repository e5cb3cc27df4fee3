"""Step: take four register files as the new full register, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from pipeline.errors import ArgumentRefused
from pipeline.intake.register_files import RegisterFile, find_register_files, read_batches
from pipeline.store import register
from pipeline.store.engine import Database
from pipeline.store.register import TableChange

LARGEST_SHRINK: Final = 0.20  # interfaces, load-register: more is taken for a broken feed
GUARDED: Final = ("beneficiaries", "coverage")
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class RegisterChange:
    """What a load did: numbers and column names only. `tables` and `ignored_columns` by the file's word."""

    tables: dict[str, TableChange]
    closed_units: int
    double_lines: int
    ignored_columns: dict[str, tuple[str, ...]]

    def as_counts(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def load_register(
    database: Database,
    folder: Path,
    *,
    now: datetime,
    today: date,
    force: bool = False,
    end_inclusive: bool = False,
    progress: Progress | None = None,
) -> RegisterChange:
    """Load the register files of `folder` in one transaction; a second time changes nothing.

    `progress` hears after every record batch the file's word and how many rows of it have been read so far.
    `force` allows a register that shrinks; `end_inclusive`: the feed's `end_date` is the last covered day.

    Raises:
        ArgumentRefused: a file does not fit, or people or coverage shrink by over 20 %; nothing was changed.
        MachineUnusable: the database is away or locked; nothing was changed.
    """
    files = find_register_files(folder)
    with database.transaction(alone="register") as connection:
        register.open_incoming(connection)
        for file in files:
            _receive(connection, file, end_inclusive, progress)
        double_lines = sum(_settle_doubles(connection, file) for file in files)
        if not force:
            _refuse_shrinking(connection, files)
        closed_units = register.closing_units(connection)
        change = RegisterChange(
            tables={file.word: register.put_in_place(connection, file.table, today=today) for file in files},
            closed_units=closed_units,
            double_lines=double_lines,
            ignored_columns={file.word: file.ignored_columns for file in files if file.ignored_columns},
        )
        register.record_load(connection, loaded_at=now, counts=change.as_counts())
    return change


def _receive(
    connection: Connection, file: RegisterFile, end_inclusive: bool, progress: Progress | None
) -> None:
    rows = 0
    for batch in read_batches(file, end_inclusive=end_inclusive):
        rows += register.receive(connection, file.table, batch)
        if progress:
            progress(file.word, rows)
    register.all_received(connection, file.table)


def _settle_doubles(connection: Connection, file: RegisterFile) -> int:
    """Drop exact double lines of coverage (the feed has them); any other double key is refused."""
    dropped = register.drop_double_lines(connection, file.table) if file.word == "coverage" else 0
    line = register.first_double_key(connection, file.table)
    if line is not None:
        key = " + ".join(column.name for column in file.table.primary_key)
        raise file.refused(line, key, "an earlier line has the same key")
    return dropped


def _refuse_shrinking(connection: Connection, files: tuple[RegisterFile, ...]) -> None:
    for file in files:
        if file.word not in GUARDED:
            continue
        before, after = register.rows_before_and_after(connection, file.table)
        if after < before * (1 - LARGEST_SHRINK):
            raise ArgumentRefused(
                f"{file.path.name}: the register would shrink from {before} to {after} rows; "
                "nothing was changed (--force loads it all the same)"
            )
