"""Result logs: the answer to the sender of each batch, written once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypedDict

import pandas as pd
from sqlalchemy import Connection, select

from pipeline.bulk.rules.outcome import Outcome
from pipeline.store import bulk
from pipeline.store.slices import slices
from pipeline.store.tables import batch, result_log


def save(connection: Connection, frame: pd.DataFrame) -> int:
    """Insert result logs (batch_id, log, annotated_csv, outcomes, warnings; the last two as JSON text)."""
    return bulk.insert(connection, result_log, frame)


@dataclass(frozen=True, slots=True)
class StoredLog:
    """A batch's result log. `outcomes` counts rows by outcome; `warnings` are dicts of code and rows."""

    batch_id: int
    log: str = field(repr=False)
    annotated_csv: str = field(repr=False)
    outcomes: Mapping[str, int]
    warnings: Sequence[Mapping[str, Any]]


class AnsweredBatch(TypedDict):
    """A batch of a run that was answered, as `run-batch --json` prints it."""

    batch_id: int
    name: str
    outcomes: dict[str, int]


_LOG: Final = [result_log.c[each.name] for each in fields(StoredLog)]


def find(connection: Connection, batch_id: int) -> StoredLog | None:
    """One batch's result log, or None."""
    return of_batches(connection, [batch_id]).get(batch_id)


def of_batches(connection: Connection, batch_ids: Sequence[int]) -> dict[int, StoredLog]:
    """The result log of each batch, by the batch's id."""
    found: dict[int, StoredLog] = {}
    for some in slices(batch_ids):
        query = select(*_LOG).where(result_log.c.batch_id.in_(some))
        found.update((row.batch_id, StoredLog(*row)) for row in connection.execute(query))
    return found


def outcomes_by_batch(connection: Connection, run_id: int) -> list[AnsweredBatch]:
    """The answered batches of a run, each with its name and outcomes, by id."""
    query = (
        select(batch.c.batch_id, batch.c.name, result_log.c.outcomes)
        .join(batch, batch.c.batch_id == result_log.c.batch_id)
        .where(batch.c.run_id == run_id)
        .order_by(batch.c.batch_id)
    )
    return [
        AnsweredBatch(batch_id=row.batch_id, name=row.name, outcomes=row.outcomes)
        for row in connection.execute(query)
    ]


def total(answered: Sequence[AnsweredBatch]) -> dict[str, int]:
    """How many rows of these answered batches had each outcome; every outcome is named."""
    counted: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    for one in answered:
        counted.update(one["outcomes"])
    return dict(counted)
