"""Runs of the nightly work and what they counted; nothing here leads to a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ScalarSelect, func, insert, select, text, update

from pipeline.bulk.queries.batches import Batch, with_ids
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.store.tables import SUCCESS_MAIL, batch, letter_part, outbox_message, run


def start(connection: Connection, *, at: datetime, dry_run: bool) -> int:
    """Begin a run; return its id."""
    statement = insert(run).values(started_at=at, dry_run=dry_run, state="running").returning(run.c.run_id)
    return int(connection.execute(statement).scalar_one())


def finish(
    connection: Connection, run_id: int, *, at: datetime, state: str, counts: Mapping[str, Any]
) -> None:
    """End a run with its counts."""
    connection.execute(
        update(run).where(run.c.run_id == run_id).values(finished_at=at, state=state, counts=dict(counts))
    )


def count_states(connection: Connection, run_id: int) -> dict[str, int]:
    """How many batches of the run stand in each state."""
    query = (
        select(batch.c.state, func.count().label("n")).where(batch.c.run_id == run_id).group_by(batch.c.state)
    )
    found = {row.state: int(row.n) for row in connection.execute(query)}
    return {state.value: found.get(state.value, 0) for state in BatchState}


def count_mails(connection: Connection, run_id: int) -> int:
    """How many mails the run put into the outbox: to people, and letters about its batches."""
    about = (
        select(outbox_message.c.outbox_message_id)
        .join(batch, batch.c.batch_id == outbox_message.c.about_id)
        .where(
            text(SUCCESS_MAIL), batch.c.run_id == run_id, outbox_message.c.created_at >= _started_at(run_id)
        )
    )
    letters = (
        select(outbox_message.c.outbox_message_id)
        .join(letter_part, letter_part.c.outbox_message_id == outbox_message.c.outbox_message_id)
        .join(batch, batch.c.batch_id == letter_part.c.batch_id)
        .where(batch.c.run_id == run_id, outbox_message.c.created_at >= _started_at(run_id))
    )
    mails = about.union(letters).subquery()
    return int(connection.execute(select(func.count()).select_from(mails)).scalar_one())


def _started_at(run_id: int) -> ScalarSelect[Any]:
    return select(run.c.started_at).where(run.c.run_id == run_id).scalar_subquery()


def count(connection: Connection) -> int:
    """How many runs there were."""
    return int(connection.execute(select(func.count()).select_from(run)).scalar_one())


def newest(connection: Connection) -> int:
    """The newest run's id."""
    return int(connection.execute(select(func.max(run.c.run_id))).scalar_one())


def refusals(connection: Connection, run_id: int) -> list[Batch]:
    """The batches that this run refused, the oldest first."""
    query = select(batch.c.batch_id).where(batch.c.run_id == run_id, batch.c.state == BatchState.REFUSED)
    return with_ids(connection, list(connection.scalars(query)))
