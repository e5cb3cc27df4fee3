"""Work one chunk: every row judged, the good ones registered, every file answered or held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from pipeline.bulk.chunks.chunk_rows import judged_form
from pipeline.bulk.chunks.hold_files import reasons_to_hold
from pipeline.bulk.chunks.judge_by_register import HandedIn, judge_by_register
from pipeline.bulk.chunks.register_rows import register_rows
from pipeline.bulk.chunks.write_result_logs import write_result_logs
from pipeline.bulk.letters.held_mails import HELD_NOTICE
from pipeline.bulk.queries import batches, letters
from pipeline.bulk.queries import rows as stored_rows
from pipeline.bulk.queries.batches import Batch
from pipeline.bulk.queries.judgement import Verdicts
from pipeline.bulk.queries.letters import Letter
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.bulk.rules.outcome import Outcome
from pipeline.insured.queries import register
from pipeline.settings import Settings
from pipeline.store.engine import Connection, Database, Work


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
    """Judge the waiting files of a chunk, then register and answer them in ONE transaction.

    Judging only reads, so that on SQLite one chunk is judged while another is written. Suspicious files are
    held: nothing of them is registered until an operator releases them. Safe to run twice and beside other
    registering processes: the second finds nothing waiting, and each person is registered by one of them.

    Raises:
        MachineUnusable: the database is away; nothing of the chunk is stored.
    """
    with database.session() as session:
        with session.reading() as connection:
            form = judged_form(batches.contents(connection, chunk_id))
            waiting = batches.in_state(connection, chunk_id, BatchState.WAITING)
            judged = _judge_files(connection, form, waiting, at=now())
        # A register loaded between judging and registering would lose the people it no longer holds.
        with session.transaction(beside=Work.REGISTER) as connection:
            waiting = batches.locked(connection, chunk_id, BatchState.WAITING)
            if not waiting:
                return Worked()
            if not judged.still_holds(connection, waiting):
                judged = _judge_files(connection, form, waiting, at=now())
            return _register_and_answer(connection, judged, staff=settings.staff_mail, now=now)


@dataclass(frozen=True, slots=True)
class _JudgedFiles:
    """A chunk's rows with their outcomes, which files they are of, and the register they were judged by."""

    rows: pd.DataFrame
    verdicts: Verdicts
    files: list[Batch]
    held: dict[int, str]
    register_of: datetime | None

    def still_holds(self, connection: Connection, waiting: list[Batch]) -> bool:
        """Whether no register was loaded, and no file was worked or decided on since."""
        same_files = [(file.batch_id, file.is_released) for file in self.files] == [
            (file.batch_id, file.is_released) for file in waiting
        ]
        return same_files and register.latest_load(connection) == self.register_of


def _judge_files(
    connection: Connection, form: pd.DataFrame, waiting: list[Batch], *, at: datetime
) -> _JudgedFiles:
    """Give each row of the files that wait its outcome, and its person where it has no fault."""
    handed_in = {batch.batch_id: HandedIn(batch.unit_code, batch.received_on) for batch in waiting}
    rows = form[form["batch_id"].isin(handed_in)].copy()
    clean = rows["outcome"].ne(Outcome.FIELD_ERROR)
    found = judge_by_register(connection, rows[clean], handed_in, at=at)
    rows["person_id"] = found.rows["person_id"]
    rows.loc[clean, "outcome"] = found.rows["outcome"]
    held = reasons_to_hold(connection, rows, waiting)
    undecided = rows["batch_id"].isin(held) & clean
    rows.loc[undecided, ["person_id", "outcome"]] = None
    return _JudgedFiles(rows, found.verdicts, waiting, held, register.latest_load(connection))


def _register_and_answer(
    connection: Connection, judged: _JudgedFiles, *, staff: str, now: Callable[[], datetime]
) -> Worked:
    at = now()
    _hold(connection, judged.held, staff=staff, at=at)
    stored_rows.forget(connection, [batch.batch_id for batch in judged.files if batch.is_released])
    people = register_rows(connection, judged.rows, judged.verdicts, at=at)
    answered = [batch for batch in judged.files if batch.batch_id not in judged.held]
    write_result_logs(connection, answered, judged.rows, staff=staff, at=at, now=now)
    judged.verdicts.close()
    return Worked(len(judged.rows), people, len(judged.held), len(answered))


def _hold(connection: Connection, held: dict[int, str], *, staff: str, at: datetime) -> None:
    for batch_id, reason in held.items():
        batches.hold(connection, batch_id, detail=reason)
    if staff:
        notices = [Letter(HELD_NOTICE, staff, (batch_id,)) for batch_id in held]
        letters.queue(connection, notices, at=at)
