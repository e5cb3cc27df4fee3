"""Divide the night: waiting batches into chunks small enough for memory, large enough to be quick."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from pipeline.bulk.queries import batches
from pipeline.bulk.queries.batches import BatchSize
from pipeline.insured.freshness import require_fresh_register
from pipeline.settings import Settings
from pipeline.store.engine import Database


def plan_chunks(database: Database, settings: Settings, *, run_id: int, now: datetime) -> list[int]:
    """Put every batch that still needs work into a chunk of this run; return the chunks' ids.

    Safe to run twice and after a crash: batches of an unfinished chunk get a new one.

    Raises:
        RegisterTooOld: the register is older than the setting allows (rules 6).
        MachineUnusable: the database is away.
    """
    require_fresh_register(database, settings, now=now)
    with database.transaction(alone="plan chunks") as connection:
        groups = divide(
            batches.runnable(connection), max_rows=settings.chunk_rows, max_files=settings.chunk_files
        )
        return [batches.new_chunk(connection, run_id=run_id, batch_ids=group) for group in groups]


def divide(sizes: Iterable[BatchSize], *, max_rows: int, max_files: int) -> Iterator[list[int]]:
    """Batches in their order, in groups of at most so many rows and files (a larger batch stands alone).

    >>> list(divide([BatchSize(1, 60), BatchSize(2, 60), BatchSize(3, 1)], max_rows=100, max_files=5))
    [[1], [2, 3]]
    """
    group: list[int] = []
    rows = 0
    for size in sizes:
        if group and (len(group) == max_files or rows + size.row_count > max_rows):
            yield group
            group, rows = [], 0
        group.append(size.batch_id)
        rows += size.row_count
    if group:
        yield group
