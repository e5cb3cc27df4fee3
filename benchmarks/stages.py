"""The nightly work stage by stage in one process: `python -m benchmarks.stages [collect]`, seconds as JSON.

It works on the installation that the environment names, by the functions that the DAG's tasks call. With
`collect` it only records the drop folder's files, so that a `run-batch` after it finds them recorded.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pipeline.bulk.collect.collect_files import collect_files
from pipeline.bulk.letters.queue_answers import queue_answers
from pipeline.settings import load_settings
from pipeline.store.ready import ready_database
from pipeline.tasks import night

seconds: dict[str, float] = {}


def collect() -> None:
    """Record the drop folder's files, under no run yet."""
    settings = load_settings()
    database = ready_database(settings)
    with _timed("collect_s"):
        collect_files(database, settings, now=_now)


def all_stages() -> None:
    """Everything that `run-batch --no-mailbox --no-mail` does."""
    run_id = night.open_night(inbox=None, dry_run=False)
    with _timed("collect_s"):
        night.collect(run_id, inbox=None)
    with _timed("plan_s"):
        chunks = night.plan(run_id)
    with _timed("chunks_s"):
        for chunk_id in chunks:
            night.register_chunk(chunk_id)
    with _timed("answers_s"):
        queue_answers(ready_database(load_settings()), at=_now(), run_id=run_id)
    with _timed("report_s"):
        night.report(run_id)


@contextmanager
def _timed(stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - began


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    collect() if sys.argv[1:] == ["collect"] else all_stages()
    print(json.dumps(seconds))
