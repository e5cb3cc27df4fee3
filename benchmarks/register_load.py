"""What a first `load-register` costs: rows a second and peak memory: `python -m benchmarks.register_load`.

Against it stands the bare driver, which inserts the same typed rows, as the files have them, into the same
tables with their keys in one transaction: tuples by executemany on SQLite, CSV by COPY on PostgreSQL. Reading
and typing do not count for it. Then the same files again, as on a day without changes. One round: a register
is large enough to tell.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from benchmarks import nights, sizes
from benchmarks.figures import Figure, report
from benchmarks.measuring import NHICARD, Cost, in_turns, ratio, rounds_of, run
from benchmarks.nights import KINDS, TITLES, Kind
from benchmarks.sizes import Size
from pipeline.insured.key_order import LINE_NUMBER
from pipeline.insured.queries.register import TABLES
from pipeline.insured.register_files import RegisterFile, find_register_files, read_batches
from pipeline.store.engine import Database

COMMAND: Final = "python -m benchmarks.register_load"
MOST_MEMORY_MB: Final = 450
PART: Final = 8  # of the size's people, to stay within ten minutes


def measure(size: Size) -> list[Figure]:
    """Rows a second, memory, and ratios to the bare driver and to a second load, on both databases."""
    people = size.people if size.name == "full" else size.people // PART
    register = nights.make_night(people=people, rows=size.files, files=size.files).register
    rows = sum(_rows(file) for file in find_register_files(register))
    return [figure for kind in KINDS for figure in _figures(kind, register, rows)]


def _figures(kind: Kind, register: Path, rows: int) -> list[Figure]:
    again: list[Cost] = []
    sides = {"ours": partial(_load, kind, register, again), "driver": partial(_drive, kind, register)}
    costs = in_turns(sides, rounds=1)
    details = {"rows": rows, "rounds": rounds_of(costs | {"again": again})}
    ours, (second,) = costs["ours"][0], again
    what = f"load-register, {TITLES[kind]}"
    return [
        Figure(f"{what}, {rows:,} rows", "rows/s", rows / ours.wall_s, details=details, command=COMMAND),
        Figure(f"{what} / driver alone", "x", ratio(costs, "ours", "driver"), command=COMMAND),
        Figure(f"{what}, the same again / first", "x", second.wall_s / ours.wall_s, command=COMMAND),
        Figure(
            f"{what}: peak of resident memory",
            "MB",
            max(ours.rss_mb, second.rss_mb),
            at_most=MOST_MEMORY_MB,
            command=COMMAND,
        ),
    ]


def _rows(file: RegisterFile) -> int:
    if file.path.suffix == ".parquet":
        return int(parquet.read_metadata(file.path).num_rows)
    return sum(batch.num_rows for batch in read_batches(file))


def _load(kind: Kind, register: Path, again: list[Cost]) -> Cost:
    with nights.installation(kind) as installation:
        command = [NHICARD, "load-register", register]
        first, _ = run(command, environment=installation.environment)
        second, _ = run(command, environment=installation.environment)
    again.append(second)
    return first


def _drive(kind: Kind, register: Path) -> Cost:
    with nights.installation(kind) as installation:
        alone = [sys.executable, "-m", "benchmarks.register_load", installation.url, register]
        cost, said = run(alone)
    return Cost(**json.loads(said), rss_mb=cost.rss_mb)


def _insert(url: str, register: Path) -> dict[str, float]:
    """Seconds in the driver, the commit included; the database is migrated and empty."""
    wall = cpu = 0.0
    database = Database(url)
    with database.transaction() as connection:
        cursor = connection.connection.cursor()
        for file in find_register_files(register):
            for columns, rows in _prepared(file, database):
                began, cpu_began = time.perf_counter(), time.process_time()
                _put(cursor, TABLES[file.word].name, columns, rows)
                wall += time.perf_counter() - began
                cpu += time.process_time() - cpu_began
        began, cpu_began = time.perf_counter(), time.process_time()
    wall += time.perf_counter() - began
    cpu += time.process_time() - cpu_began
    return {"wall_s": wall, "cpu_s": cpu}


def _prepared(file: RegisterFile, database: Database) -> Iterator[tuple[list[str], Any]]:
    """Names of columns, and rows as the driver wants them: tuples, or bytes of CSV."""
    for batch in read_batches(file):
        rows = pa.Table.from_batches([batch]).drop_columns([LINE_NUMBER])
        if "first_seen_on" in TABLES[file.word].columns:
            rows = rows.append_column("first_seen_on", pa.array([date(2000, 1, 1)] * len(rows)))
        if database.dialect == "sqlite":
            texts = (
                column.cast(pa.string()) if pa.types.is_date(column.type) else column
                for column in rows.columns
            )
            yield rows.column_names, list(zip(*(column.to_pylist() for column in texts), strict=True))
        else:
            sink = pa.BufferOutputStream()
            arrow_csv.write_csv(rows, sink, arrow_csv.WriteOptions(include_header=False))
            yield rows.column_names, sink.getvalue().to_pybytes()


def _put(cursor: Any, table: str, columns: list[str], rows: Any) -> None:
    names = ", ".join(columns)
    if isinstance(rows, bytes):
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(rows)
    else:
        marks = ", ".join("?" * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def main(*alone: str) -> None:
    """Measure and report; with a database and a register, the bare driver alone."""
    if alone:
        url, register = alone
        print(json.dumps(_insert(url, Path(register))))
    else:
        size = sizes.chosen()
        report("register_load", size, measure(size))


if __name__ == "__main__":
    main(*sys.argv[1:])
