"""Many rows at once: COPY on PostgreSQL, prepared tuples on SQLite."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv
from sqlalchemy import Connection, Select, Table


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
        # Arrow hands out None for a missing value and plain Python objects: what the driver wants.
        values = zip(*(_driver_values(column) for column in rows.columns), strict=True)
        cursor: Any = connection.connection.cursor()
        cursor.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", values)
    return int(rows.num_rows)


def _driver_values(column: pa.ChunkedArray | pa.Array) -> list[object]:
    # SQLite has no date: SQLAlchemy keeps it as ISO text, and so do we.
    values: list[object] = (column.cast(pa.string()) if pa.types.is_date(column.type) else column).to_pylist()
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
    cursor.execute(str(compiled), parameters)
    columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(query.selected_columns)
    return pd.DataFrame(dict(zip(query.selected_columns.keys(), columns, strict=True)))


def _positional(compiled: Any) -> tuple[object, ...]:
    return tuple(compiled.params[name] for name in compiled.positiontup or ())
