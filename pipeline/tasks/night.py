"""What the DAGs' tasks call: ids in, ids and counts out, one function a task.

Each opens its own settings and database, because each may run on another machine.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline import clock
from pipeline.bulk.chunks.plan_chunks import plan_chunks
from pipeline.bulk.chunks.work_chunk import work_chunk
from pipeline.bulk.collect.collect_files import collect_files
from pipeline.bulk.collect.collect_mail import collect_mail
from pipeline.bulk.letters.queue_answers import queue_answers
from pipeline.errors import MachineUnusable
from pipeline.outbox.deliver_mail import deliver_due_mail
from pipeline.settings import Settings, load_settings
from pipeline.store.engine import Database
from pipeline.store.ready import ready_database
from pipeline.tasks import run_night
from pipeline.tasks import take_in as taking_in


def open_night(*, inbox: str | None, dry_run: bool) -> int:
    """Begin a run and return its id; a dry run is done here as a whole and returns 0.

    Raises:
        MachineUnusable: the database is away or not migrated, or a dry run could not judge.
    """
    settings, database = _ready(inbox)
    if not dry_run:
        return run_night.open_run(database, now=clock.now)
    night = run_night.run_night(database, settings, now=clock.now, dry_run=True)
    if night.fault:
        raise MachineUnusable(night.fault)
    return 0


def collect(run_id: int, *, inbox: str | None) -> dict[str, int]:
    """Record the drop folder's files under the run."""
    settings, database = _ready(inbox)
    return asdict(collect_files(database, settings, now=clock.now, run_id=run_id))


def collect_mailbox(run_id: int) -> dict[str, Any]:
    """Record what lies in the mailbox under the run; its senders hear of the results, not of the receipt."""
    settings, database = _ready()
    return asdict(collect_mail(database, settings, now=clock.now, run_id=run_id))


def take_in() -> dict[str, Any]:
    """Collect folder and mailbox by day: whoever handed in hears of it at once; staff once a day."""
    settings, database = _ready()
    return taking_in.take_in(database, settings, now=clock.now).as_counts()


def plan(run_id: int) -> list[int]:
    """The run's chunks."""
    settings, database = _ready()
    return plan_chunks(database, settings, run_id=run_id, now=clock.now())


def register_chunk(chunk_id: int) -> dict[str, int]:
    """Judge, register and answer one chunk."""
    settings, database = _ready()
    return asdict(work_chunk(database, settings, chunk_id, now=clock.now))


def deliver(run_id: int | None = None) -> dict[str, int]:
    """Send what is due, the answers of the run among it."""
    settings, database = _ready()
    queue_answers(database, at=clock.now(), run_id=run_id)
    return asdict(deliver_due_mail(database, settings, now=clock.now))


def deliver_letters() -> dict[str, int]:
    """Send what is more urgent than success mails."""
    settings, database = _ready()
    return asdict(deliver_due_mail(database, settings, now=clock.now, only_urgent=True))


def report(run_id: int | None) -> dict[str, Any]:
    """Count the run (none was opened: nothing to count); the file names stay out of Airflow."""
    if run_id is None:
        return {}
    _, database = _ready()
    summary = run_night.close_run(
        database, run_id, now=clock.now, fault=run_night.unfinished(database, run_id)
    )
    return {name: value for name, value in summary.items() if name != "batches"}


def _ready(inbox: str | None = None) -> tuple[Settings, Database]:
    settings = load_settings()
    if inbox:
        settings = settings.model_copy(update={"inbox_dir": Path(inbox)})
    return settings, ready_database(settings)
