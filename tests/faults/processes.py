"""Real processes at the office's work: cheap to start, and mortal."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import datetime
from itertools import count
from multiprocessing.process import BaseProcess
from typing import Any

from sqlalchemy import event

from pipeline.bulk.chunks.work_chunk import work_chunk
from pipeline.store.engine import Database
from pipeline.tasks.mail_delivery import deliver_mail
from tests.journey.office import Office

# Children are forked from a server that has imported everything once and has no threads.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.processes"])
PATIENCE = 60  # seconds

Work = Callable[..., None]


def start(work: Work, office: Office, *arguments: Any) -> BaseProcess:
    """Start `work(office, *arguments)` in a process of its own, with its own connections."""
    settings = {name: getattr(office.settings, name) for name in office.settings.model_fields_set}
    url = settings["database_url"]
    process = _CONTEXT.Process(target=_work, args=(work, url, office.folder, settings, office.now, arguments))
    process.start()
    return process


def finish(*processes: BaseProcess) -> list[int | None]:
    """Wait for processes; their exit codes (minus the signal's number for one that was killed)."""
    for process in processes:
        process.join(PATIENCE)
    codes = [process.exitcode for process in processes]
    for process in processes:
        process.kill()
    return codes


def _work(work: Work, url: str, folder: Any, settings: Any, now: datetime, arguments: Any) -> None:
    work(Office(Database(url), folder, now=now, **settings), *arguments)


# --- kinds of work ----------------------------------------------------------------------------------


def whole_night(office: Office) -> None:
    """Collect, register, answer, deliver."""
    assert office.night(delivers=True).fault is None


def night_without_mail(office: Office) -> None:
    """Collect, register, answer."""
    assert office.night().fault is None


def night_that_dies(office: Office, commit: int) -> None:
    """Kill -9 of itself when it is about to commit for that time; what it committed before stays."""
    commits = count(1)

    def die(_connection: object) -> None:
        if next(commits) == commit:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(office.database.engine, "commit", die)
    whole_night(office)


def some_chunks(office: Office, chunk_ids: list[int]) -> None:
    """Judge, register and answer these chunks."""
    for chunk_id in chunk_ids:
        work_chunk(office.database, office.settings, chunk_id, now=office.clock)


def deliver_until(office: Office, enough: Any) -> None:
    """Deliver again and again until told that it is enough."""
    while not enough.wait(0.01):
        deliver_mail(office.database, office.settings, now=office.clock)


def new_signal() -> Any:
    """Something that one process sets and others wait for."""
    return _CONTEXT.Event()
