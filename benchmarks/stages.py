"""The nightly work stage by stage in one process: `python -m benchmarks.stages [collect]`, seconds as JSON.

It works on the installation that the environment names, by the stages that `run-batch` and the DAG share.
With `collect` it only records the drop folder's files, so that a `run-batch` after it finds them recorded.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline import clock
from pipeline.bulk.collect.collect_files import collect_files
from pipeline.tasks.night import NIGHT, NightRun, close_run, open_run
from pipeline.tasks.opening import open_database

seconds: dict[str, float] = {}


def collect() -> None:
    """Record the drop folder's files, under no run yet."""
    settings, database = open_database()
    with _timed("collect_s"):
        collect_files(database, settings, now=clock.now)


def all_stages() -> None:
    """Everything that `run-batch --no-mailbox --no-mail` does."""
    settings, database = open_database()
    run_id = open_run(database, now=clock.now)
    night = NightRun(
        database=database,
        settings=settings,
        run_id=run_id,
        now=clock.now,
        reads_mailbox=False,
        delivers=False,
    )
    for stage in NIGHT:
        with _timed(f"{stage.task}_s"):
            stage.work(night)
    with _timed("report_s"):
        close_run(database, run_id, now=clock.now)


@contextmanager
def _timed(stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - began


if __name__ == "__main__":
    collect() if sys.argv[1:] == ["collect"] else all_stages()
    print(json.dumps(seconds))
