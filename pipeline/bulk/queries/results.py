"""Result logs: what the sender of each batch is told, written once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from pipeline.bulk.rules.outcome import Outcome
from pipeline.store import bulk
from pipeline.store.slices import slices
from pipeline.store.tables import batch, result_log


def save(connection: Connection, frame: pd.DataFrame) -> int:
    """Insert result logs (batch_id, log, annotated_csv, outcomes, warnings; the last two as JSON text)."""
    return bulk.insert(connection, result_log, frame)


def find(connection: Connection, batch_id: int) -> Any | None:
    """One batch's result log with the batch's name, or None."""
    query = (
        select(result_log, batch.c.name)
        .join(batch, batch.c.batch_id == result_log.c.batch_id)
        .where(result_log.c.batch_id == batch_id)
    )
    return connection.execute(query).one_or_none()


def of_batches(connection: Connection, batch_ids: Sequence[int]) -> dict[int, Any]:
    """The result log of each batch, by the batch's id."""
    found: dict[int, Any] = {}
    for some in slices(batch_ids):
        query = select(result_log).where(result_log.c.batch_id.in_(some))
        found.update((row.batch_id, row) for row in connection.execute(query))
    return found


def outcomes_by_batch(connection: Connection, run_id: int) -> list[dict[str, Any]]:
    """The answered batches of a run, each with its name and outcomes."""
    query = (
        select(batch.c.batch_id, batch.c.name, result_log.c.outcomes)
        .join(batch, batch.c.batch_id == result_log.c.batch_id)
        .where(batch.c.run_id == run_id)
        .order_by(batch.c.batch_id)
    )
    return [row._asdict() for row in connection.execute(query)]


def total(told: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many rows of these answered batches had each outcome; every outcome is named."""
    counted: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    for batch_told in told:
        counted.update(batch_told["outcomes"])
    return dict(counted)
