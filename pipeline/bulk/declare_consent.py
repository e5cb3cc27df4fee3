"""Note that a unit declared consent once for all its people, or take that back; each with its audit."""

from __future__ import annotations

from datetime import date, datetime

from pipeline.bulk.queries import declarations
from pipeline.errors import ArgumentRefused
from pipeline.insured.queries import units
from pipeline.store import audit
from pipeline.store.engine import Database


def add_declaration(
    database: Database, unit_code: str, *, declared_on: date, reference: str, actor: str, at: datetime
) -> None:
    """Note a unit's declaration; safe to call again.

    Raises:
        ArgumentRefused: the register does not know the unit.
    """
    with database.transaction() as connection:
        if not units.is_known(connection, unit_code):
            raise ArgumentRefused("the register does not know this unit: check the nine digits")
        declarations.replace(connection, unit_code, declared_on=declared_on, reference=reference)
        audit.note(connection, actor=actor, action="declaration.add", subject=f"unit {unit_code}", at=at)


def remove_declaration(database: Database, unit_code: str, *, actor: str, at: datetime) -> None:
    """Take a unit's declaration back.

    Raises:
        ArgumentRefused: there is none.
    """
    with database.transaction() as connection:
        if not declarations.remove(connection, unit_code):
            raise ArgumentRefused("this unit has no declaration: see `nhicard declaration list`")
        audit.note(connection, actor=actor, action="declaration.remove", subject=f"unit {unit_code}", at=at)
