"""Standing declarations: a unit says once for all that its people consent to being registered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from pipeline.store.slices import slices
from pipeline.store.tables import standing_declaration


def of_units(connection: Connection, unit_codes: Iterable[str]) -> set[str]:
    """Those of the units that made one."""
    found: set[str] = set()
    for some in slices(sorted(set(unit_codes))):
        query = select(standing_declaration.c.unit_code).where(standing_declaration.c.unit_code.in_(some))
        found.update(connection.scalars(query))
    return found


def replace(connection: Connection, unit_code: str, *, declared_on: date, reference: str) -> None:
    """Note a unit's declaration; an earlier one of the same unit is replaced."""
    remove(connection, unit_code)
    connection.execute(
        insert(standing_declaration).values(unit_code=unit_code, declared_on=declared_on, reference=reference)
    )


def remove(connection: Connection, unit_code: str) -> bool:
    """Take a unit's declaration back; whether there was one. Batches keep what was recorded with them."""
    mine = standing_declaration.c.unit_code == unit_code
    return connection.execute(delete(standing_declaration).where(mine)).rowcount > 0


class Declaration(NamedTuple):
    """A unit's standing declaration of consent."""

    unit_code: str
    declared_on: date
    reference: str


def listed(connection: Connection) -> list[Declaration]:
    """All of them, by unit."""
    columns = [standing_declaration.c[name] for name in Declaration._fields]
    query = select(*columns).order_by(standing_declaration.c.unit_code)
    return [Declaration(*row) for row in connection.execute(query)]
