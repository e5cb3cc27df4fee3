"""The units of the register."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, exists, select

from pipeline.store.slices import slices
from pipeline.store.tables import unit


def closed_on(connection: Connection, unit_codes: Iterable[str]) -> dict[str, date | None]:
    """The closing date of each known unit among `unit_codes`; unknown units are missing."""
    found: dict[str, date | None] = {}
    for some in slices(sorted(set(unit_codes))):
        query = select(unit.c.unit_code, unit.c.closed_on).where(unit.c.unit_code.in_(some))
        found.update((row.unit_code, row.closed_on) for row in connection.execute(query))
    return found


def is_known(connection: Connection, unit_code: str) -> bool:
    """Whether the register holds the unit."""
    return bool(connection.scalar(select(exists().where(unit.c.unit_code == unit_code))))


def names(connection: Connection, unit_codes: Iterable[str]) -> dict[str, str]:
    """The name of each known unit, by its code."""
    found: dict[str, str] = {}
    for some in slices(sorted(set(unit_codes))):
        query = select(unit.c.unit_code, unit.c.unit_name).where(unit.c.unit_code.in_(some))
        found.update((row.unit_code, row.unit_name) for row in connection.execute(query))
    return found
