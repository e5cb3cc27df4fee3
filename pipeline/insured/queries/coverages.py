"""Periods of coverage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, distinct, func, or_, select

from pipeline.store.slices import slices
from pipeline.store.tables import coverage


def people_covered(connection: Connection, unit_codes: Sequence[str], *, on: date) -> dict[str, int]:
    """How many people each unit covers on that day; a unit without any is missing."""
    found: dict[str, int] = {}
    for some in slices(unit_codes):
        query = (
            select(coverage.c.unit_code, func.count(distinct(coverage.c.national_id)).label("people"))
            .where(
                coverage.c.unit_code.in_(some),
                coverage.c.start_date <= on,
                or_(coverage.c.end_date.is_(None), coverage.c.end_date > on),
            )
            .group_by(coverage.c.unit_code)
        )
        found.update((row.unit_code, row.people) for row in connection.execute(query))
    return found
