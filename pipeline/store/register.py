"""The insured register: received beside the current one, compared with it, put in its place.

The rows arrive in temporary tables without keys (fast, and a double line can be named). Then only what
differs is written: a day's changes are few, and PostgreSQL's readers see the old register until the commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DefaultClause,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.schema import DropTable

from pipeline.store import bulk
from pipeline.store.tables import beneficiary, contact, coverage, register_load, unit

LINE_NUMBER: Final = "line_number"
OURS: Final = frozenset({"first_seen_on", "joined_others"})  # columns that no register file brings
SORT_MEMORY: Final = "256MB"  # on PostgreSQL, for this transaction's joins of whole tables


@dataclass(frozen=True, slots=True)
class TableChange:
    """Rows of one table before and after a load, and how many of them joined, left or changed."""

    before: int
    after: int
    joined: int
    left: int
    changed: int


def _incoming(table: Table) -> Table:
    columns = [
        Column(column.name, column.type, server_default=_default(column))
        for column in table.columns
        if column.name not in OURS
    ]
    # In the temporary schema on both dialects, so the name meets no other.
    return Table(
        f"incoming_{table.name}",
        MetaData(),
        Column(LINE_NUMBER, Integer, nullable=False),
        *columns,
        prefixes=["TEMPORARY"],
    )


def _default(column: Column[Any]) -> Any:
    return column.server_default.arg if isinstance(column.server_default, DefaultClause) else None


INCOMING: Final = {table: _incoming(table) for table in (unit, contact, beneficiary, coverage)}


def open_incoming(connection: Connection) -> None:
    """Make the empty temporary tables of this connection."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.set_config("work_mem", SORT_MEMORY, True)))
    for incoming in INCOMING.values():
        connection.execute(DropTable(incoming, if_exists=True))
        incoming.create(connection, checkfirst=False)


def receive(connection: Connection, table: Table, batch: pa.RecordBatch) -> int:
    """Put typed rows (columns named as the table's, and `line_number`) beside `table`; how many."""
    return bulk.insert_arrow(connection, INCOMING[table], batch)


def all_received(connection: Connection, table: Table) -> None:
    """Get the rows beside `table` ready to be compared."""
    incoming = INCOMING[table]
    if connection.dialect.name == "sqlite":  # PostgreSQL hashes both sides and needs no index
        keys = ", ".join(key.name for key in table.primary_key)
        connection.exec_driver_sql(f"CREATE INDEX ix_{incoming.name} ON {incoming.name} ({keys})")
    else:
        connection.exec_driver_sql(f"ANALYZE {incoming.name}")


def drop_double_lines(connection: Connection, table: Table) -> int:
    """Keep the first of lines that are equal in every column; how many were dropped."""
    incoming = INCOMING[table]
    if not _has_double_keys(connection, table):
        return 0
    everything = [column for column in incoming.columns if column.name != LINE_NUMBER]
    doubles = _second_lines(incoming, everything).subquery()
    return connection.execute(
        delete(incoming).where(incoming.c[LINE_NUMBER].in_(select(doubles.c[LINE_NUMBER])))
    ).rowcount


def first_double_key(connection: Connection, table: Table) -> int | None:
    """The first line whose key stands on an earlier line too, or None."""
    if not _has_double_keys(connection, table):
        return None
    incoming = INCOMING[table]
    doubles = _second_lines(incoming, _keys(table, incoming)).subquery()
    line: int | None = connection.scalar(select(func.min(doubles.c[LINE_NUMBER])))
    return line


def rows_before_and_after(connection: Connection, table: Table) -> tuple[int, int]:
    """How many rows the current register has, and how many the incoming one."""
    before = connection.scalar(select(func.count()).select_from(table)) or 0
    return before, connection.scalar(select(func.count()).select_from(INCOMING[table])) or 0


def closing_units(connection: Connection) -> int:
    """How many units are open in the current register and closed in the incoming one."""
    incoming = INCOMING[unit]
    joined = unit.join(incoming, unit.c.unit_code == incoming.c.unit_code)
    closes = and_(unit.c.closed_on.is_(None), incoming.c.closed_on.is_not(None))
    return connection.scalar(select(func.count()).select_from(joined).where(closes)) or 0


def put_in_place(connection: Connection, table: Table, *, today: date) -> TableChange:
    """Make `table` hold exactly the incoming rows, and take the temporary table away.

    A contact that was known before keeps its `first_seen_on`; a new one is first seen `today`, and joins
    others where its unit had contacts before, even such as leave with this load.
    """
    incoming = INCOMING[table]
    before, after = rows_before_and_after(connection, table)
    changed = _overwrite(connection, table)
    _add(connection, table, today)
    left = connection.execute(delete(table).where(~exists().where(_same_key(table)))).rowcount
    connection.execute(DropTable(incoming))
    if connection.dialect.name == "postgresql":  # tonight's plans should know the new sizes
        connection.exec_driver_sql(f"ANALYZE {table.name}")
    return TableChange(before=before, after=after, joined=after - before + left, left=left, changed=changed)


def record_load(connection: Connection, *, loaded_at: datetime, counts: Mapping[str, Any]) -> None:
    """Note that a full register was loaded; `counts` holds numbers and column names only."""
    connection.execute(insert(register_load).values(loaded_at=loaded_at, counts=dict(counts)))


def latest_load(connection: Connection) -> datetime | None:
    """When a register was loaded last (UTC), or None when none ever was."""
    loaded_at: datetime | None = connection.scalar(select(func.max(register_load.c.loaded_at)))
    return loaded_at


def _overwrite(connection: Connection, table: Table) -> int:
    incoming = INCOMING[table]
    values = [column for column in table.columns if not column.primary_key and column.name not in OURS]
    differs = or_(*(column.is_distinct_from(incoming.c[column.name]) for column in values))
    return connection.execute(
        update(table)
        .where(_same_key(table), differs)
        .values({column: incoming.c[column.name] for column in values})
    ).rowcount


def _add(connection: Connection, table: Table, today: date) -> None:
    incoming = INCOMING[table]
    ours: dict[str, ColumnElement[Any]] = {}
    if table is contact:
        ours = {"first_seen_on": literal(today), "joined_others": _has_contacts(incoming)}
    source: list[ColumnElement[Any]] = [
        ours[column.name].label(column.name) if column.name in ours else incoming.c[column.name]
        for column in table.columns
    ]
    # In the key's order: rows that lie side by side are written side by side.
    new = select(*source).where(~exists().where(_same_key(table))).order_by(*_keys(table, incoming))
    connection.execute(insert(table).from_select(list(table.columns), new))


def _has_contacts(incoming: Table) -> ColumnElement[bool]:
    others = contact.alias("others")
    return exists().where(others.c.unit_code == incoming.c.unit_code)


def _same_key(table: Table) -> ColumnElement[bool]:
    return and_(*(INCOMING[table].c[key.name] == key for key in table.primary_key))


def _keys(table: Table, incoming: Table) -> list[Column[Any]]:
    return [incoming.c[key.name] for key in table.primary_key]


def _has_double_keys(connection: Connection, table: Table) -> bool:
    keys = _keys(table, INCOMING[table])
    double = select(literal(1)).group_by(*keys).having(func.count() > 1).limit(1)
    return connection.scalar(double.select_from(INCOMING[table])) is not None


def _second_lines(incoming: Table, columns: list[Column[Any]]) -> Select[tuple[int]]:
    line = incoming.c[LINE_NUMBER]
    place = func.row_number().over(partition_by=columns, order_by=line).label("place")
    numbered = select(line, place).subquery()
    return select(numbered.c[LINE_NUMBER]).where(numbered.c.place > 1)
