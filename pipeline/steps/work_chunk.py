"""Work one chunk: every row judged, the good ones registered, every file answered or held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from pipeline.model.batch import BatchState
from pipeline.model.message import MessageKind
from pipeline.model.outcome import Outcome
from pipeline.settings import Settings
from pipeline.steps.chunk_rows import judged_form
from pipeline.steps.hold_files import reasons_to_hold
from pipeline.steps.judge_by_register import HandedIn, judge_by_register
from pipeline.steps.register_rows import register_rows
from pipeline.steps.write_result_logs import write_result_logs
from pipeline.store import batches, letters
from pipeline.store.engine import Database
from pipeline.store.letters import Letter


@dataclass(frozen=True, slots=True)
class Worked:
    """Counts of one chunk."""

    rows: int = 0
    registered: int = 0
    held_files: int = 0
    answered_files: int = 0


def work_chunk(
    database: Database, settings: Settings, chunk_id: int, *, now: Callable[[], datetime]
) -> Worked:
    """Judge, register and answer the waiting files of a chunk, in ONE transaction.

    Suspicious files are held: nothing of them is registered until an operator releases them. Safe to run
    twice and beside other registering processes: the second finds nothing waiting.

    Raises:
        MachineUnusable: the database is away; nothing of the chunk is stored.
    """
    with database.reading() as connection:
        form = judged_form(batches.contents(connection, chunk_id))
    # A register loaded between judging and registering would lose the people it no longer holds.
    with database.transaction(beside="register") as connection:
        waiting = batches.locked(connection, chunk_id, BatchState.WAITING)
        if not waiting:
            return Worked()
        at = now()
        judged = _judge(connection, form, waiting)
        held = reasons_to_hold(connection, judged, waiting)
        _hold(connection, settings, held, at)
        undecided = judged["batch_id"].isin(held) & judged["outcome"].ne(Outcome.FIELD_ERROR)
        judged.loc[undecided, ["person_id", "outcome"]] = None
        batches.delete_rows(connection, [batch.batch_id for batch in waiting if batch.is_released])
        people = register_rows(connection, judged, at=at)
        answered = [batch for batch in waiting if batch.batch_id not in held]
        write_result_logs(connection, settings, answered, judged, at=at, now=now)
    return Worked(len(judged), people, len(held), len(answered))


def _judge(connection: Connection, form: pd.DataFrame, waiting: list[Any]) -> pd.DataFrame:
    """The rows of files that still wait, each with its outcome, and its person where it has no fault."""
    handed_in = {batch.batch_id: HandedIn(batch.unit_code, batch.received_on) for batch in waiting}
    judged = form[form["batch_id"].isin(handed_in)].copy()
    clean = judged["outcome"].ne(Outcome.FIELD_ERROR)
    told = judge_by_register(connection, judged[clean], handed_in)
    judged["person_id"] = told["person_id"]
    judged.loc[clean, "outcome"] = told["outcome"]
    return judged


def _hold(connection: Connection, settings: Settings, held: dict[int, str], at: datetime) -> None:
    for batch_id, reason in held.items():
        batches.set_state(connection, [batch_id], BatchState.HELD, reason="HELD", detail=reason)
    if settings.staff_mail:
        notices = [Letter(MessageKind.HELD_NOTICE, settings.staff_mail, (batch_id,)) for batch_id in held]
        letters.queue(connection, notices, at=at)
