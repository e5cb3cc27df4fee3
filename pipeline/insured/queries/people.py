"""The people of the register."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, or_, select

from pipeline.store.tables import beneficiary


def find_person(connection: Connection, national_id: str) -> Any | None:
    """The person of a current or former number: columns of `beneficiary`, or None.

    The person who gave a number up goes before one who has it now, as in the nightly job.
    """
    query = select(beneficiary).where(
        or_(beneficiary.c.national_id == national_id, beneficiary.c.former_id == national_id)
    )
    found = list(connection.execute(query))
    return min(found, key=lambda row: (row.national_id == national_id, row.national_id), default=None)
