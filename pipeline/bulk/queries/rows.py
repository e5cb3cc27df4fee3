"""The rows of batches, as they were judged."""

from __future__ import annotations

from typing import Final

import pandas as pd
from sqlalchemy import Connection

from pipeline.store import bulk
from pipeline.store.tables import submission_row

STORED: Final = (
    "batch_id", "row_number", "line_number", "national_id", "email", "phone",
    "masked_id", "faults", "repairs", "warnings", "person_id", "outcome",
)  # fmt: skip


def save(connection: Connection, frame: pd.DataFrame) -> int:
    """Insert rows (columns `STORED`); return how many."""
    return bulk.insert(connection, submission_row, frame[list(STORED)])
