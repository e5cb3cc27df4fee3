"""Judge a chunk's rows against the register and register the people whose rows are good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from pipeline.model.batch import BatchState, hold_reason
from pipeline.model.message import MessageKind
from pipeline.settings import Settings
from pipeline.store import batches, judgement, letters
from pipeline.store.engine import Database
from pipeline.store.letters import Letter


@dataclass(frozen=True, slots=True)
class Registered:
    """Counts of one chunk."""

    batches: int
    held: int
    people: int


def register_rows(database: Database, settings: Settings, chunk_id: int, *, at: datetime) -> Registered:
    """Give every staged row its outcome; registrations and their success mails in ONE transaction.

    Suspicious files are held: nothing of them is registered until an operator releases them. Safe to run
    twice and beside other registering processes: the second finds nothing waiting.

    Raises:
        MachineUnusable: the database is away; nothing of the chunk is registered.
    """
    # A register loaded between judging and registering would lose the people it no longer holds.
    with database.transaction(beside="register") as connection:
        waiting = [row.batch_id for row in batches.locked(connection, chunk_id, BatchState.WAITING)]
        if not waiting:
            return Registered(0, 0, 0)
        judgement.judge(connection, chunk_id)
        held = _hold(connection, settings, chunk_id, at)
        judgement.register(connection, chunk_id)
        people = judgement.queue_success_mails(connection, chunk_id, at=at)
        judged = [batch_id for batch_id in waiting if batch_id not in held]
        batches.set_state(connection, judged, BatchState.JUDGED)
    return Registered(len(judged), len(held), people)


def _hold(connection: Connection, settings: Settings, chunk_id: int, at: datetime) -> set[int]:
    reasons = {
        batch_id: reason
        for batch_id, seen in judgement.suspicions(connection, chunk_id).items()
        if (reason := hold_reason(seen))
    }
    judgement.set_aside(connection, list(reasons))
    for batch_id, reason in reasons.items():
        batches.set_state(connection, [batch_id], BatchState.HELD, reason="HELD", detail=reason)
    if settings.staff_mail:
        notices = [Letter(MessageKind.HELD_NOTICE, settings.staff_mail, (batch_id,)) for batch_id in reasons]
        letters.queue(connection, notices, at=at)
    return set(reasons)
