"""Step: take four register files as the new full register, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline.errors import ArgumentRefused
from pipeline.insured.key_order import Doubles, first_of_each_key, in_key_order
from pipeline.insured.queries import register
from pipeline.insured.queries.register import Incoming, TableChange
from pipeline.insured.register_files import RegisterFile, find_register_files, read_batches
from pipeline.store.engine import Connection, Database, Work

LARGEST_SHRINK: Final = 0.20  # interfaces, load-register: more is taken for a broken feed
GUARDED: Final = ("beneficiaries", "coverage")
Progress = Callable[[str, int], None]
Received = tuple[RegisterFile, Incoming, Doubles]


@dataclass(frozen=True, slots=True)
class RegisterChange:
    """What a load did: numbers and column names only. `tables` and `ignored_columns` by the file's word."""

    tables: dict[str, TableChange]
    closed_units: int
    double_lines: int
    ignored_columns: dict[str, tuple[str, ...]]

    @property
    def rows(self) -> int:
        """Rows of all files together, as they stand in the register."""
        return sum(table.after for table in self.tables.values())

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

    `progress` is given the present work ("coverage: reading") and the rows done so far.
    `force` allows a register that shrinks; `end_inclusive`: the feed's `end_date` is the last covered day.

    Raises:
        ArgumentRefused: a file does not fit, or people or coverage shrink by over 20 %; nothing was changed.
        MachineUnusable: the database is away or locked; nothing was changed.
    """
    files = find_register_files(folder)
    report = progress or (lambda _text, _rows: None)
    with database.transaction(alone=Work.REGISTER) as connection:
        received = [_receive(connection, file, end_inclusive, report) for file in files]
        for file, _, doubles in received:
            _refuse_doubles(file, doubles)
        if not force:
            _refuse_shrinking(received)
        closed_units = register.closing_units(connection)
        tables = {}
        for file, incoming, _ in received:
            report(f"{file.word}: putting in place", incoming.after)
            tables[file.word] = register.put_in_place(connection, incoming, today=today)
        change = RegisterChange(
            tables=tables,
            closed_units=closed_units,
            double_lines=sum(doubles.equal for _, _, doubles in received),
            ignored_columns={file.word: file.ignored_columns for file in files if file.ignored_columns},
        )
        register.record_load(connection, loaded_at=now, counts=change.as_counts())
        report("committing", change.rows)
    return change


def _receive(connection: Connection, file: RegisterFile, end_inclusive: bool, report: Progress) -> Received:
    keys = [name for name in file.keys if name in file.columns]
    incoming = register.open_incoming(connection, file.word)
    # The feed has exact double lines of coverage; anywhere else a double key is refused.
    doubles = Doubles(may_be_equal=file.word == "coverage")
    batches = _reported(read_batches(file, end_inclusive=end_inclusive), f"{file.word}: reading", report)
    for rows in first_of_each_key(in_key_order(batches, keys), doubles):
        register.receive(connection, incoming, rows)
        report(f"{file.word}: storing", incoming.after)
    return file, incoming, doubles


def _reported(batches: Iterator[pa.RecordBatch], text: str, report: Progress) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        report(text, rows)
        yield batch


def _refuse_doubles(file: RegisterFile, doubles: Doubles) -> None:
    if doubles.line is not None:
        raise file.refused(doubles.line, " + ".join(file.keys), "an earlier line has the same key")


def _refuse_shrinking(received: list[Received]) -> None:
    for file, incoming, _ in received:
        if file.word in GUARDED and incoming.after < incoming.before * (1 - LARGEST_SHRINK):
            raise ArgumentRefused(
                f"{file.path.name}: the register would shrink from {incoming.before} "
                f"to {incoming.after} rows; nothing was changed (--force loads it all the same)"
            )
