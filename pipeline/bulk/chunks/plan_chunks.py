"""Divide the night: waiting batches into chunks small enough for memory, large enough to be quick."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter

from pipeline.bulk.queries import batches
from pipeline.insured.freshness import require_fresh_register
from pipeline.settings import Settings
from pipeline.store.engine import Database, Work
from pipeline.store.slices import groups


def plan_chunks(database: Database, settings: Settings, *, run_id: int, now: datetime) -> list[int]:
    """Put every batch that still needs work into a chunk of this run; return the chunks' ids.

    Safe to run twice and after a crash: batches of an unfinished chunk get a new one.

    Raises:
        RegisterTooOld: the register is older than the setting allows (docs/rules.md 6).
        MachineUnusable: the database is away.
    """
    require_fresh_register(database, max_age_days=settings.register_max_age_days, now=now)
    with database.transaction(alone=Work.PLAN) as connection:
        waiting = batches.runnable(connection)
        chunks = groups(
            waiting, weight=attrgetter("row_count"), heaviest=settings.chunk_rows, most=settings.chunk_files
        )
        return [
            batches.new_chunk(connection, run_id=run_id, batch_ids=[size.batch_id for size in chunk])
            for chunk in chunks
        ]
