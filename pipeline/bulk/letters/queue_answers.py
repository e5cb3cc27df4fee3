"""Put the results that are owed into letters: those of one run for one address travel together."""

from __future__ import annotations

from datetime import datetime

from pipeline.bulk.queries import letters
from pipeline.store.engine import Database


def queue_answers(database: Database, *, at: datetime, run_id: int | None = None) -> int:
    """Queue the answers of ended runs, and of all up to `run_id`, which is through; return how many letters.

    Safe to run twice and in two processes: a result goes into one letter to an address.

    Raises:
        MachineUnusable: the database is away; what is owed stays owed.
    """
    with database.transaction(alone="queue answers") as connection:
        return letters.queue_owed_answers(connection, at=at, run_id=run_id)
