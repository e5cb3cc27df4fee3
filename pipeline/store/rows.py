"""The staged rows of batches, going in and coming out as frames."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, select

from pipeline.model.batch import BatchState
from pipeline.store import bulk
from pipeline.store.batches import in_chunk
from pipeline.store.tables import batch, submission_row

STAGED = (
    "batch_id", "row_number", "line_number", "national_id", "email", "phone",
    "masked_id", "faults", "repairs", "warnings", "outcome",
)  # fmt: skip
TOLD = ("batch_id", "row_number", "line_number", "masked_id", "faults", "repairs", "warnings", "outcome")


def stage(connection: Connection, frame: pd.DataFrame) -> int:
    """Insert staged rows (columns `STAGED`); return how many."""
    return bulk.insert(connection, submission_row, frame[list(STAGED)])


def judged(connection: Connection, chunk_id: int) -> pd.DataFrame:
    """The rows of the chunk's judged batches as their sender is told, in file order (columns `TOLD`)."""
    query = (
        select(*(submission_row.c[name] for name in TOLD))
        .join(batch, batch.c.batch_id == submission_row.c.batch_id)
        .where(in_chunk(chunk_id, BatchState.JUDGED))
        .order_by(submission_row.c.batch_id, submission_row.c.row_number)
    )
    return bulk.read(connection, query)
