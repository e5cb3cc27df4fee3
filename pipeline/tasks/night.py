"""The night: its stages as data, the tasks of `employer_bulk_registration`, and the same without Airflow.

A task opens its own settings and database, because each may run on another machine: ids in, ids and counts
out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from pipeline import clock
from pipeline.bulk.chunks.plan_chunks import plan_chunks
from pipeline.bulk.chunks.work_chunk import work_chunk
from pipeline.bulk.collect.collect_files import collect_files
from pipeline.bulk.collect.collect_mail import collect_mail
from pipeline.bulk.letters.answer_mails import queue_answers
from pipeline.bulk.queries import results, runs
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.errors import MachineUnusable
from pipeline.memory import share_one_heap
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.tasks.mail_delivery import deliver_mail
from pipeline.tasks.opening import open_database

Progress = Callable[[str, int, int], None]


# --- one run ------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class NightRun:
    """One run in one process: what its stages work with, and the chunks that were planned."""

    database: Database
    settings: Settings
    run_id: int
    now: Callable[[], datetime]
    progress: Progress = lambda _stage, _done, _total: None
    is_rehearsal: bool = False
    reads_mailbox: bool = True
    delivers: bool = True
    chunks: list[int] = field(default_factory=list)


def _collect_mailbox(night: NightRun) -> None:
    if night.reads_mailbox:
        collect_mail(night.database, night.settings, now=night.now, run_id=night.run_id)


def _collect(night: NightRun) -> None:
    collect_files(
        night.database, night.settings, now=night.now, run_id=night.run_id, moves=not night.is_rehearsal
    )


def _plan(night: NightRun) -> None:
    night.chunks = plan_chunks(night.database, night.settings, run_id=night.run_id, now=night.now())


def _register_chunks(night: NightRun) -> None:
    """Work all chunks. A rehearsal has one connection; else one chunk is judged while another is written."""
    share_one_heap()
    work = partial(work_chunk, night.database, night.settings, now=night.now)
    with ThreadPoolExecutor(1 if night.is_rehearsal else night.settings.chunks_at_once) as pool:
        for done, _ in enumerate(pool.map(work, night.chunks), start=1):
            night.progress("chunks", done, len(night.chunks))


def _deliver(night: NightRun) -> None:
    queue_answers(night.database, at=night.now(), run_id=night.run_id)
    if night.delivers:
        deliver_mail(night.database, night.settings, now=night.now)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the night. `task` is the DAG's task that does it, `after` the tasks that it waits for.

    `is_needed`: what follows waits when it fails. `is_last_wish`: it runs whatever failed before it.
    """

    task: str
    work: Callable[[NightRun], None]
    after: tuple[str, ...] = ()
    is_needed: bool = True
    is_last_wish: bool = False


NIGHT: Final = (
    Stage("collect_mailbox", _collect_mailbox, after=("open_night",), is_needed=False),
    Stage("collect", _collect, after=("open_night",)),
    Stage("plan", _plan, after=("open_night", "collect", "collect_mailbox")),
    Stage("register_chunk", _register_chunks, after=("plan",)),
    Stage("deliver", _deliver, after=("open_night", "register_chunk"), is_last_wish=True),
)


@dataclass(frozen=True, slots=True)
class NightReport:
    """What a run did (`summary`, as `run-batch --json` prints it), and the fault that cut it short."""

    summary: dict[str, Any]
    fault: str | None


def run_night(
    database: Database,
    settings: Settings,
    *,
    now: Callable[[], datetime],
    dry_run: bool = False,
    reads_mailbox: bool = True,
    delivers: bool = True,
    progress: Progress | None = None,
) -> NightReport:
    """Collect, plan, work every chunk, deliver, and count, without Airflow.

    A mailbox or a mail server that is away spoils nothing else; the fault is reported at the end. A dry run
    does the same with the drop folder on a rehearsal of the database: only the run's own report stays.

    Raises:
        MachineUnusable: the database is away, so that not even the run could be closed; the next goes on.
    """
    run_id = open_run(database, now=now, dry_run=dry_run)
    with _on(database, is_rehearsal=dry_run) as used:
        night = NightRun(
            database=used,
            settings=settings,
            run_id=run_id,
            now=now,
            is_rehearsal=dry_run,
            reads_mailbox=reads_mailbox and not dry_run,
            delivers=delivers and not dry_run,
        )
        if progress:
            night.progress = progress
        fault = _work(night)
        summary = summarise(used, run_id)
    _close(database, run_id, now, summary, fault)
    return NightReport(summary, fault)


@contextmanager
def _on(database: Database, *, is_rehearsal: bool) -> Iterator[Database]:
    if is_rehearsal:
        with database.rehearsal() as trial:
            yield trial
    else:
        yield database


def _work(night: NightRun) -> str | None:
    """Do the stages in their order; returns the first fault of the machine."""
    faults: list[str] = []
    is_cut_short = False
    for stage in NIGHT:
        if is_cut_short and not stage.is_last_wish:
            continue
        try:
            stage.work(night)
        except MachineUnusable as error:
            faults.append(str(error))
            is_cut_short = is_cut_short or stage.is_needed
    return faults[0] if faults else None


def open_run(database: Database, *, now: Callable[[], datetime], dry_run: bool = False) -> int:
    """Begin a run; returns its id."""
    with database.transaction() as connection:
        return runs.start(connection, at=now(), dry_run=dry_run)


def close_run(
    database: Database, run_id: int, *, now: Callable[[], datetime], fault: str | None = None
) -> dict[str, Any]:
    """Count the run, store its report, and return it."""
    summary = summarise(database, run_id)
    _close(database, run_id, now, summary, fault)
    return summary


def why_unfinished(database: Database, run_id: int) -> str | None:
    """Why a run cannot be called finished: files of it still wait; None when none does."""
    with database.reading() as connection:
        waiting = runs.count_states(connection, run_id)[BatchState.WAITING]
    return f"{waiting} files still wait" if waiting else None


def summarise(database: Database, run_id: int) -> dict[str, Any]:
    """What `run-batch --json` prints: counts and batches, in no way traceable to a person."""
    with database.reading() as connection:
        states = runs.count_states(connection, run_id)
        answered = results.outcomes_by_batch(connection, run_id)
        outcomes = results.total(answered)
        return {
            "run_id": run_id,
            "files": sum(states.values()),
            "refused_files": states[BatchState.REFUSED],
            "held_files": states[BatchState.HELD],
            "rows": sum(outcomes.values()),
            "outcomes": outcomes,
            "batches": answered,
            "outbox_queued": runs.count_mails(connection, run_id),
        }


def _close(
    database: Database, run_id: int, now: Callable[[], datetime], summary: dict[str, Any], fault: str | None
) -> None:
    report = {name: value for name, value in summary.items() if name != "batches"}
    with database.transaction() as connection:
        runs.finish(connection, run_id, at=now(), state="stopped" if fault else "finished", counts=report)


# --- what the DAG's tasks call ------------------------------------------------------------------------


def open_night(*, inbox: str | None, dry_run: bool) -> int:
    """Begin a run and return its id; a dry run is done here as a whole and returns 0.

    Raises:
        MachineUnusable: the database is away or not migrated, or a dry run could not judge.
    """
    settings, database = open_database(inbox=_path(inbox))
    if not dry_run:
        return open_run(database, now=clock.now)
    night = run_night(database, settings, now=clock.now, dry_run=True)
    if night.fault:
        raise MachineUnusable(night.fault)
    return 0


def collect(run_id: int, *, inbox: str | None) -> dict[str, int]:
    """Record the drop folder's files under the run."""
    settings, database = open_database(inbox=_path(inbox))
    return asdict(collect_files(database, settings, now=clock.now, run_id=run_id))


def collect_mailbox(run_id: int) -> dict[str, Any]:
    """Record what lies in the mailbox under the run; its senders get the results, and no receipt before."""
    settings, database = open_database()
    return asdict(collect_mail(database, settings, now=clock.now, run_id=run_id))


def plan(run_id: int) -> list[int]:
    """Divide what waits; returns the run's chunks."""
    settings, database = open_database()
    return plan_chunks(database, settings, run_id=run_id, now=clock.now())


def register_chunk(chunk_id: int) -> dict[str, int]:
    """Judge, register and answer one chunk."""
    settings, database = open_database()
    return asdict(work_chunk(database, settings, chunk_id, now=clock.now))


def report(run_id: int | None) -> dict[str, Any]:
    """Count the run (none was opened: nothing to count); the file names stay out of Airflow."""
    if run_id is None:
        return {}
    _, database = open_database()
    summary = close_run(database, run_id, now=clock.now, fault=why_unfinished(database, run_id))
    return {name: value for name, value in summary.items() if name != "batches"}


def _path(inbox: str | None) -> Path | None:
    return Path(inbox) if inbox else None
