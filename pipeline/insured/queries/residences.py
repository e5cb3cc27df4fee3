"""The places that the register's people live in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from pipeline.store.tables import beneficiary


def places(connection: Connection) -> Sequence[tuple[str, str, str]]:
    """Every county, town and village of the register; villages may be empty."""
    columns = (beneficiary.c.county, beneficiary.c.town, beneficiary.c.village)
    query = select(*columns).where(beneficiary.c.county != "", beneficiary.c.town != "").distinct()
    return [(row.county, row.town, row.village) for row in connection.execute(query)]
