"""The rows of batches, as they were judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
from sqlalchemy import Connection, delete

from pipeline.store import bulk
from pipeline.store.slices import slices
from pipeline.store.tables import submission_row

STORED: Final = (
    "batch_id", "row_number", "line_number", "national_id", "email", "phone",
    "masked_id", "faults", "repairs", "warnings", "person_id", "outcome",
)  # fmt: skip


def save(connection: Connection, frame: pd.DataFrame) -> int:
    """Insert rows (columns `STORED`); return how many."""
    return bulk.insert(connection, submission_row, frame[list(STORED)])


def forget(connection: Connection, batch_ids: Sequence[int]) -> None:
    """Forget the stored rows of these batches."""
    for some in slices(batch_ids):
        connection.execute(delete(submission_row).where(submission_row.c.batch_id.in_(some)))
