"""Result logs: what the sender of each batch is told, written once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from pipeline.model.outcome import Outcome
from pipeline.store import bulk
from pipeline.store.tables import batch, contact, result_log


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


def answered_at(
    connection: Connection, unit_codes: Sequence[str], *, on: date, staff: str
) -> dict[str, list[str]]:
    """Who is answered for each unit: all its contacts valid on that day; none: staff (rules 1)."""
    found: dict[str, list[str]] = {code: [] for code in unit_codes}
    for start in range(0, len(unit_codes), 500):
        query = (
            select(contact.c.unit_code, contact.c.email)
            .where(
                contact.c.unit_code.in_(unit_codes[start : start + 500]),
                func.coalesce(contact.c.valid_from, on) <= on,
                func.coalesce(contact.c.valid_to, on) >= on,
            )
            .order_by(contact.c.unit_code, contact.c.email)
        )
        for row in connection.execute(query):
            found[row.unit_code].append(row.email)
    return {code: addresses or ([staff] if staff else []) for code, addresses in found.items()}


def outcomes_of_run(connection: Connection, run_id: int) -> dict[str, int]:
    """How many rows of the run's batches had each outcome; every outcome is named."""
    total: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    query = (
        select(result_log.c.outcomes)
        .join(batch, batch.c.batch_id == result_log.c.batch_id)
        .where(batch.c.run_id == run_id)
    )
    for row in connection.execute(query):
        total.update(row.outcomes)
    return dict(total)


def outcomes_by_batch(connection: Connection, run_id: int) -> list[dict[str, Any]]:
    """The answered batches of a run, each with its name and outcomes."""
    query = (
        select(batch.c.batch_id, batch.c.name, result_log.c.outcomes)
        .join(batch, batch.c.batch_id == result_log.c.batch_id)
        .where(batch.c.run_id == run_id)
        .order_by(batch.c.batch_id)
    )
    return [row._asdict() for row in connection.execute(query)]
