"""Many rows at once: COPY on PostgreSQL, prepared tuples on SQLite."""

from __future__ import annotations

import gc
import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv
from sqlalchemy import Connection, Select, Table

ROWS_AS_OBJECTS: Final = 10_000

# Without one of its own, sqlite3 searches all adapters for every NULL: a tenth of a register's load.
sqlite3.register_adapter(type(None), lambda nothing: nothing)


def insert(connection: Connection, table: Table, frame: pd.DataFrame) -> int:
    """Insert every row of `frame` (columns named as the table's) and return how many.

    Missing values become NULL; empty text stays empty text.
    """
    return insert_arrow(connection, table, _without_codes(pa.Table.from_pandas(frame, preserve_index=False)))


def insert_arrow(connection: Connection, table: Table, rows: pa.Table | pa.RecordBatch) -> int:
    """Insert every row (columns named as the table's, which may be a temporary one) and return how many.

    Nulls become NULL; empty text stays empty text.
    """
    if not rows.num_rows:
        return 0
    names = rows.schema.names
    columns = ", ".join(names)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({columns}) FROM STDIN (FORMAT csv)", rows)
    else:
        marks = ", ".join("?" * len(names))
        cursor: Any = connection.connection.cursor()
        with _collector_at_rest():
            cursor.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", _tuples(rows))
    return int(rows.num_rows)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Python looks for garbage whenever many tuples were made; none of ours is, and it would look at all."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def _tuples(rows: pa.Table | pa.RecordBatch) -> Iterator[tuple[object, ...]]:
    """Plain Python objects, None for a missing value, as the driver wants them; large, so a few at a time."""
    for start in range(0, rows.num_rows, ROWS_AS_OBJECTS):
        some = rows.slice(start, ROWS_AS_OBJECTS)
        yield from zip(*(_driver_values(column) for column in some.columns), strict=True)


def _driver_values(column: pa.ChunkedArray | pa.Array) -> list[object]:
    # SQLite has neither dates nor truth values: as SQLAlchemy we keep ISO text, and 0 and 1.
    if pa.types.is_date(column.type):
        column = column.cast(pa.string())
    elif pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    values: list[object] = column.to_pylist()
    return values


def _without_codes(rows: pa.Table) -> pa.Table:
    """Categories spelled out: neither COPY nor the driver takes a dictionary."""
    for place, column in enumerate(rows.schema):
        if pa.types.is_dictionary(column.type):
            spelled = rows.column(place).cast(column.type.value_type)
            rows = rows.set_column(place, column.name, spelled)
    return rows


def _copy(connection: Connection, statement: str, rows: pa.Table | pa.RecordBatch) -> None:
    # Arrow quotes every text and leaves a null bare: exactly how COPY tells '' from NULL.
    buffer = io.BytesIO()
    arrow_csv.write_csv(
        rows,
        buffer,
        arrow_csv.WriteOptions(include_header=False, quoting_style="needed"),
    )
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(statement) as copy:
        copy.write(buffer.getbuffer())


def read(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    """The whole result of `query` as a frame, column by column (SQLAlchemy's rows cost ten times that)."""
    compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
    cursor = connection.connection.cursor()
    parameters = compiled.params if connection.dialect.name == "postgresql" else _positional(compiled)
    with _collector_at_rest():
        cursor.execute(str(compiled), parameters)
        columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(query.selected_columns)
    return pd.DataFrame(dict(zip(query.selected_columns.keys(), columns, strict=True)))


def _positional(compiled: Any) -> tuple[object, ...]:
    return tuple(compiled.params[name] for name in compiled.positiontup or ())
