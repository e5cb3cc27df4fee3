"""The least a night can cost: read its files once, and insert what it leaves behind with the bare driver.

`python -m benchmarks.limit URL ROWS INBOX FILES [bare]` scans the first FILES files of INBOX (pyarrow.csv
over all their bytes at once, nothing is checked) and inserts the rows of the dump ROWS into the database at
URL in one transaction: prepared tuples by executemany on SQLite, prepared bytes by COPY on PostgreSQL. The
tables are our own with all their keys and indexes; with `bare` they are copies without any, and there are no
result logs. It prints what reading, inserting and committing took; Python's start and loading the dump do
not count.
"""

from __future__ import annotations

import io
import json
import pickle
import sys
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import csv as arrow_csv
from sqlalchemy import Connection, Table, func, select

from pipeline.bulk.intake.employer_file.column_names import HEADER
from pipeline.store.engine import Database
from pipeline.store.tables import metadata

PARENTS: Final = ("run", "chunk", "batch")  # what the rows' keys point at; not timed
WRITTEN: Final = ("submission_row", "registration", "outbox_message", "result_log", "letter_part")
BARE: Final = tuple(name for name in WRITTEN if name != "result_log")

Rows = Any  # tuples for executemany, bytes for COPY
Dump = dict[str, tuple[str, Rows]]  # for each table the columns that hold values, and the rows


def dump(url: str, path: Path) -> None:
    """Keep what a finished night left in the tables, as the driver wants it back."""
    database = Database(url)
    with database.reading() as connection:
        found = {name: _read(connection, metadata.tables[name]) for name in (*PARENTS, *WRITTEN)}
    database.engine.dispose()
    path.write_bytes(pickle.dumps(found))


def insert_all(url: str, path: Path, files: list[Path], *, is_bare: bool) -> dict[str, float]:
    """Seconds of each part, and of all; the database is migrated and empty."""
    rows: Dump = pickle.loads(path.read_bytes())  # noqa: S301  we wrote it
    database = Database(url)
    if is_bare:
        rows = {f"bare_{name}": rows[name] for name in BARE}
        with database.transaction() as connection:
            _make_bare(connection, rows)
    else:
        with database.transaction() as connection:
            _insert(connection, {name: rows.pop(name) for name in PARENTS})
    moments, cpu = [time.perf_counter()], time.process_time()
    _scan(files)
    moments.append(time.perf_counter())
    with database.transaction() as connection:
        _insert(connection, rows)
        moments.append(time.perf_counter())
    moments.append(time.perf_counter())
    parts = [after - before for before, after in pairwise(moments)]
    told = dict(zip(("scan_s", "insert_s", "commit_s"), parts, strict=True))
    return told | {"wall_s": sum(parts), "cpu_s": time.process_time() - cpu}


def _scan(files: Iterable[Path]) -> pa.Table:
    """Every cell as bytes; a file's first line holds its BOM and its header."""
    together = b"".join(path.read_bytes().partition(b"\n")[2] for path in files)
    names = HEADER.split(",")
    return arrow_csv.read_csv(
        io.BytesIO(together),
        arrow_csv.ReadOptions(column_names=names),
        arrow_csv.ParseOptions(invalid_row_handler=lambda _row: "skip"),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.binary())),
    )


def _read(connection: Connection, table: Table) -> tuple[str, Rows]:
    counted = connection.execute(select(*(func.count(column) for column in table.columns))).one()
    held = [column.name for column, values in zip(table.columns, counted, strict=True) if values]
    columns = ", ".join(held)
    order = ", ".join(column.name for column in table.primary_key)
    query = f"SELECT {columns or '*'} FROM {table.name} ORDER BY {order}"
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        return columns, cursor.execute(query).fetchall()
    with cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
        return columns, b"".join(copy)


def _make_bare(connection: Connection, rows: Iterable[str]) -> None:
    for name in rows:
        connection.exec_driver_sql(
            f"CREATE TABLE {name} AS SELECT * FROM {name.removeprefix('bare_')} WHERE 1 = 0"
        )


def _insert(connection: Connection, tables: Dump) -> None:
    cursor = connection.connection.cursor()
    for name, (columns, rows) in tables.items():
        if not rows:
            continue
        if connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(rows[0]))
            cursor.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", rows)
        else:
            with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                copy.write(rows)


def main(url: str, rows: str, inbox: str, files: str, *bare: str) -> None:
    """Measure and print."""
    chosen = sorted(Path(inbox).iterdir())[: int(files)]
    print(json.dumps(insert_all(url, Path(rows), chosen, is_bare=bool(bare))))


if __name__ == "__main__":
    main(*sys.argv[1:])
