"""An operator's decision on a held file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pipeline.bulk.queries import batches, letters
from pipeline.bulk.queries.letters import Letter
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.clock import day_of
from pipeline.errors import ArgumentRefused
from pipeline.insured.queries import contacts
from pipeline.outbox.rules import MessageKind
from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.engine import Database


def release_batch(database: Database, batch_id: int, *, actor: str, at: datetime) -> None:
    """Let a held file into the next run, past the held rules.

    Raises:
        ArgumentRefused: the batch does not exist or is not held.
    """
    with database.transaction() as connection:
        _require_held(connection, batch_id)
        batches.set_state(connection, [batch_id], BatchState.WAITING, is_released=True, reason="", detail="")
        audit.note(connection, actor=actor, action="batch.release", subject=f"batch {batch_id}", at=at)


def refuse_batch(database: Database, settings: Settings, batch_id: int, *, actor: str, at: datetime) -> None:
    """Refuse a held file for good: its stored rows are forgotten, its unit is told that and nothing more.

    Raises:
        ArgumentRefused: the batch does not exist or is not held.
    """
    with database.transaction() as connection:
        held = _require_held(connection, batch_id)
        batches.set_state(
            connection, [batch_id], BatchState.REFUSED, reason="HELD_REFUSED", detail="", finished_at=at
        )
        batches.delete_rows(connection, [batch_id])
        today = day_of(at)
        told = contacts.answered_at(connection, [held.unit_code], on=today, staff=settings.staff_mail)
        refusals = [Letter(MessageKind.REFUSAL, address, (batch_id,)) for address in told[held.unit_code]]
        letters.queue(connection, refusals, at=at)
        audit.note(connection, actor=actor, action="batch.refuse", subject=f"batch {batch_id}", at=at)


def _require_held(connection: Connection, batch_id: int) -> Any:
    found = batches.find(connection, batch_id)
    if found is None:
        raise ArgumentRefused(f"there is no batch {batch_id}: see `nhicard batch list`")
    if found.state != BatchState.HELD:
        raise ArgumentRefused(f"batch {batch_id} is not held but {found.state}: nothing was changed")
    return found
