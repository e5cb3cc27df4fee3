"""The insured register: received beside the current one, compared with it, put in its place.

The rows arrive in the order of their table's key, each key once: then SQLite appends to its B-trees and walks
both registers side by side, whatever their size. Only what differs is written: a day's changes are few, and
readers see the old register until the commit. A first load has nothing to compare and goes straight in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import pyarrow as pa
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DefaultClause,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
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

from pipeline.insured.feed_columns import FeedColumn
from pipeline.store import bulk
from pipeline.store.tables import beneficiary, contact, coverage, register_load, unit

OURS: Final = frozenset({"first_seen_on", "joined_others"})  # columns that no register file brings
BATCH_ROWS: Final = 16_384  # in Python's memory at once, on SQLite
SORT_MEMORY: Final = "256MB"  # on PostgreSQL, for this transaction's joins of whole tables


# The register's files and the tables that hold them.
TABLES: Final = {"units": unit, "contacts": contact, "beneficiaries": beneficiary, "coverage": coverage}


def _feed_column(column: Column[Any]) -> FeedColumn:
    kinds: dict[type, Literal["date", "boolean", "number"]] = {
        Date: "date",
        Boolean: "boolean",
        Integer: "number",
    }
    return FeedColumn(
        name=column.name,
        kind=kinds.get(type(column.type), "text"),
        longest=column.type.length if isinstance(column.type, String) else None,
        nullable=bool(column.nullable),
        is_key=column.primary_key,
        has_default=column.server_default is not None,
    )


# The columns of each file, by its word: those of its table that the feed brings.
FEEDS: Final = {
    word: {column.name: _feed_column(column) for column in table.columns if column.name not in OURS}
    for word, table in TABLES.items()
}


@dataclass(frozen=True, slots=True)
class TableChange:
    """Rows of one table before and after a load, and how many of them joined, left or changed."""

    before: int
    after: int
    joined: int
    left: int
    changed: int


@dataclass(slots=True)
class Incoming:
    """The new rows of `table` on their way: `before` rows stand there now, `after` have been received."""

    table: Table
    before: int
    after: int = 0

    @property
    def goes_straight_in(self) -> bool:
        """Whether nothing is there to compare with, and nothing of ours to be added."""
        return not self.before and OURS.isdisjoint(self.table.columns.keys())

    @property
    def beside(self) -> Table:
        """The temporary table that holds them until they are put in place."""
        return BESIDE[self.table]


def _beside(table: Table) -> Table:
    columns = [
        Column(column.name, column.type, nullable=column.nullable, server_default=_default(column))
        for column in table.columns
        if column.name not in OURS
    ]
    # PostgreSQL hashes both sides and needs no key.
    key = PrimaryKeyConstraint(*table.primary_key.columns.keys()).ddl_if(dialect="sqlite")
    # In the temporary schema on both dialects, so the name meets no other.
    name = f"incoming_{table.name}"
    return Table(name, MetaData(), *columns, key, prefixes=["TEMPORARY"], sqlite_with_rowid=False)


def _default(column: Column[Any]) -> Any:
    return column.server_default.arg if isinstance(column.server_default, DefaultClause) else None


BESIDE: Final = {table: _beside(table) for table in TABLES.values()}


def open_incoming(connection: Connection, word: str) -> Incoming:
    """Get ready to receive the new rows of the register file `word`."""
    table = TABLES[word]
    incoming = Incoming(table, before=connection.scalar(select(func.count()).select_from(table)) or 0)
    connection.execute(DropTable(incoming.beside, if_exists=True))
    incoming.beside.create(connection, checkfirst=False)
    return incoming


def receive(connection: Connection, incoming: Incoming, rows: pa.Table) -> None:
    """Take typed rows, columns named as the table's, in key order and no key twice."""
    target = incoming.table if incoming.goes_straight_in else incoming.beside
    for batch in rows.to_batches(max_chunksize=BATCH_ROWS):
        incoming.after += bulk.insert_arrow(connection, target, batch)


def closing_units(connection: Connection) -> int:
    """How many units are open in the current register and closed in the incoming one."""
    beside = BESIDE[unit]
    joined = unit.join(beside, unit.c.unit_code == beside.c.unit_code)
    closes = and_(unit.c.closed_on.is_(None), beside.c.closed_on.is_not(None))
    return connection.scalar(select(func.count()).select_from(joined).where(closes)) or 0


def put_in_place(connection: Connection, incoming: Incoming, *, today: date) -> TableChange:
    """Make the table hold exactly the incoming rows, and take the temporary table away.

    A contact that was known before keeps its `first_seen_on`; a new one is first seen `today`, and joins
    others where its unit had contacts before, even such as leave with this load.
    """
    left, changed = (0, 0) if incoming.goes_straight_in else _replace(connection, incoming.table, today)
    connection.execute(DropTable(incoming.beside))
    if connection.dialect.name == "postgresql":  # tonight's plans should know the new sizes
        connection.exec_driver_sql(f"ANALYZE {incoming.table.name}")
    joined = incoming.after - incoming.before + left
    return TableChange(incoming.before, incoming.after, joined, left, changed)


def record_load(connection: Connection, *, loaded_at: datetime, counts: Mapping[str, Any]) -> None:
    """Note that a full register was loaded; `counts` holds numbers and column names only."""
    connection.execute(insert(register_load).values(loaded_at=loaded_at, counts=dict(counts)))


def latest_load(connection: Connection) -> datetime | None:
    """When a register was loaded last (UTC), or None when none ever was."""
    loaded_at: datetime | None = connection.scalar(select(func.max(register_load.c.loaded_at)))
    return loaded_at


def _replace(connection: Connection, table: Table, today: date) -> tuple[int, int]:
    """How many rows left and changed."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.set_config("work_mem", SORT_MEMORY, True)))
        connection.exec_driver_sql(f"ANALYZE {BESIDE[table].name}")
    changed = _overwrite(connection, table)
    _add(connection, table, today)
    left = connection.execute(delete(table).where(~exists().where(_same_key(table)))).rowcount
    return left, changed


def _overwrite(connection: Connection, table: Table) -> int:
    beside = BESIDE[table]
    values = [column for column in table.columns if not column.primary_key and column.name not in OURS]
    differs = or_(*(column.is_distinct_from(beside.c[column.name]) for column in values))
    return connection.execute(
        update(table)
        .where(_same_key(table), differs)
        .values({column: beside.c[column.name] for column in values})
    ).rowcount


def _add(connection: Connection, table: Table, today: date) -> None:
    beside = BESIDE[table]
    ours: dict[str, ColumnElement[Any]] = {}
    if table is contact:
        ours = {"first_seen_on": literal(today), "joined_others": _has_contacts(beside)}
    source: list[ColumnElement[Any]] = [
        ours[column.name].label(column.name) if column.name in ours else beside.c[column.name]
        for column in table.columns
    ]
    # In the key's order: rows that lie side by side are written side by side.
    keys = [beside.c[key.name] for key in table.primary_key]
    new = select(*source).where(~exists().where(_same_key(table))).order_by(*keys)
    connection.execute(insert(table).from_select(list(table.columns), new))


def _has_contacts(beside: Table) -> ColumnElement[bool]:
    others = contact.alias("others")
    return exists().where(others.c.unit_code == beside.c.unit_code)


def _same_key(table: Table) -> ColumnElement[bool]:
    return and_(*(BESIDE[table].c[key.name] == key for key in table.primary_key))
