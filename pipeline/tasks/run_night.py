"""The nightly work as one call, without Airflow: the same steps in the same order as the DAG's tasks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pipeline.bulk.chunks.plan_chunks import plan_chunks
from pipeline.bulk.chunks.work_chunk import work_chunk
from pipeline.bulk.collect.collect_files import collect_files
from pipeline.bulk.collect.collect_mail import collect_mail
from pipeline.bulk.letters.queue_answers import queue_answers
from pipeline.bulk.queries import results, runs
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.errors import MachineUnusable
from pipeline.memory import share_one_heap
from pipeline.outbox.deliver_mail import deliver_due_mail
from pipeline.settings import Settings
from pipeline.store.engine import Database

Clock = Callable[[], datetime]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Night:
    """What a run did (`summary`, as `run-batch --json` prints it) and the fault that cut it short."""

    summary: dict[str, Any]
    fault: str


def run_night(
    database: Database,
    settings: Settings,
    *,
    now: Clock,
    dry_run: bool = False,
    reads_mailbox: bool = True,
    delivers: bool = True,
    progress: Progress | None = None,
) -> Night:
    """Collect, plan, work every chunk, deliver, and count.

    A mailbox or a mail server that is away spoils nothing else; the fault is told at the end. A dry run does
    the same with the drop folder on a rehearsal of the database: only the run's own report stays.

    Raises:
        MachineUnusable: the database is away, so that not even the run could be closed; the next goes on.
    """
    run_id = open_run(database, now=now, dry_run=dry_run)
    if dry_run:
        with database.rehearsal() as trial:
            fault = _work(trial, settings, run_id, now, progress, is_rehearsal=True)
            summary = summarise(trial, run_id)
        _close(database, run_id, now, summary, fault)
        return Night(summary, fault)
    faults = []
    if reads_mailbox:
        faults.append(_fault_of(collect_mail, database, settings, now=now, run_id=run_id))
    faults.append(_work(database, settings, run_id, now, progress))
    if delivers:
        faults.append(_fault_of(deliver_due_mail, database, settings, now=now))
    fault = next(filter(None, faults), "")
    return Night(close_run(database, run_id, now=now, fault=fault), fault)


def open_run(database: Database, *, now: Clock, dry_run: bool = False) -> int:
    """Begin a run; return its id."""
    with database.transaction() as connection:
        return runs.start(connection, at=now(), dry_run=dry_run)


def close_run(database: Database, run_id: int, *, now: Clock, fault: str = "") -> dict[str, Any]:
    """Count the run, store its report, and return it."""
    summary = summarise(database, run_id)
    _close(database, run_id, now, summary, fault)
    return summary


def unfinished(database: Database, run_id: int) -> str:
    """Why a run cannot be called finished: files of it still wait; empty text when none does."""
    with database.reading() as connection:
        states = runs.count_states(connection, run_id)
    waiting = states[BatchState.WAITING]
    return f"{waiting} files still wait" if waiting else ""


def summarise(database: Database, run_id: int) -> dict[str, Any]:
    """What `run-batch --json` prints: counts and batches, in no way traceable to a person."""
    with database.reading() as connection:
        states = runs.count_states(connection, run_id)
        told = results.outcomes_by_batch(connection, run_id)
        outcomes = results.total(told)
        return {
            "run_id": run_id,
            "files": sum(states.values()),
            "refused_files": states[BatchState.REFUSED],
            "held_files": states[BatchState.HELD],
            "rows": sum(outcomes.values()),
            "outcomes": outcomes,
            "batches": told,
            "outbox_queued": runs.count_mails(connection, run_id),
        }


def _work(
    database: Database,
    settings: Settings,
    run_id: int,
    now: Clock,
    progress: Progress | None,
    *,
    is_rehearsal: bool = False,
) -> str:
    """Collect, work every chunk, owe the answers; returns the fault of the machine that cut it short."""
    tell = progress or (lambda _stage, _done, _total: None)
    try:
        collect_files(database, settings, now=now, run_id=run_id, moves=not is_rehearsal)
        chunks = plan_chunks(database, settings, run_id=run_id, now=now())
        work = partial(work_chunk, database, settings, now=now)
        share_one_heap()
        # A rehearsal has one connection. Else one chunk is judged while another is written.
        with ThreadPoolExecutor(1 if is_rehearsal else settings.chunks_at_once) as pool:
            for done, _ in enumerate(pool.map(work, chunks), start=1):
                tell("chunks", done, len(chunks))
        queue_answers(database, at=now(), run_id=run_id)
    except MachineUnusable as error:
        return str(error)
    return ""


def _fault_of(step: Callable[..., object], *facts: object, **named: object) -> str:
    try:
        step(*facts, **named)
    except MachineUnusable as error:
        return str(error)
    return ""


def _close(database: Database, run_id: int, now: Clock, summary: dict[str, Any], fault: str) -> None:
    report = {name: value for name, value in summary.items() if name != "batches"}
    with database.transaction() as connection:
        runs.finish(connection, run_id, at=now(), state="stopped" if fault else "finished", counts=report)
