"""The DAG run against `run-batch` on the same night: `python -m benchmarks.dag_run`.

Airflow runs the nightly DAG in one process, every task of it, as `make demo` does; its own database is made
beforehand. `run-batch` does the same work without Airflow. Both collect the same files into a fresh copy of
the same SQLite database, and both find the delivery paused: no mail is sent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from typing import Final

from sqlalchemy import func, select

from benchmarks import nights, sizes
from benchmarks.figures import Figure, report
from benchmarks.measuring import NHICARD, Cost, in_turns, rounds_of, run
from benchmarks.night_run import run_batch
from benchmarks.nights import Installation, Night
from benchmarks.sizes import Size
from pipeline import local_airflow
from pipeline.settings import load_settings
from pipeline.store.engine import Database
from pipeline.store.tables import chunk, submission_row

COMMAND: Final = "python -m benchmarks.dag_run"
ROUNDS: Final = {"smoke": 1, "default": 1, "full": 3}  # Airflow's start alone takes long
MOST_SECONDS: Final = 30  # more than `run-batch`
MOST_SECONDS_A_TASK: Final = 4  # for each chunk's task on top


def measure(size: Size) -> list[Figure]:
    """Seconds that the DAG run takes longer, and how many tasks it mapped."""
    night = nights.night_of(size)
    chunks: list[int] = []
    sides = {"dag": lambda: _dag(night, size, chunks), "run_batch": lambda: _without_dag(night, size)}
    costs = in_turns(sides, ROUNDS[size.name], warms_up=False)
    pairs = zip(costs["dag"], costs["run_batch"], strict=True)
    return [
        Figure(
            f"DAG run minus run-batch, {size.rows:,} rows, mapped tasks: {chunks[-1]}",
            "s",
            median(dag.wall_s - plain.wall_s for dag, plain in pairs),
            at_most=MOST_SECONDS + MOST_SECONDS_A_TASK * chunks[-1],
            details={"mapped_tasks": chunks[-1], "rounds": rounds_of(costs)},
            command=COMMAND,
        )
    ]


def _dag(night: Night, size: Size, chunks: list[int]) -> Cost:
    with nights.installation("sqlite", night, files=size.files) as installation:
        _pause(installation)
        _in_a_process(make_airflow, installation)
        cost = _in_a_process(run_dag, installation)
        database = Database(installation.url)
        with database.reading() as connection:
            chunks.append(connection.scalar(select(func.count()).select_from(chunk)) or 0)
            rows = connection.scalar(select(func.count()).select_from(submission_row))
        database.engine.dispose()
    if rows != size.rows:
        raise SystemExit(f"the DAG run has {rows} rows instead of {size.rows}: nothing was measured")
    return cost


def _without_dag(night: Night, size: Size) -> Cost:
    with nights.installation("sqlite", night, files=size.files) as installation:
        _pause(installation)
        return run_batch(installation, rows=size.rows)


def _pause(installation: Installation) -> None:
    run([NHICARD, "mail", "pause"], environment=installation.environment)


def _in_a_process(work: Callable[[], None], installation: Installation) -> Cost:
    program = f"from benchmarks.dag_run import {work.__name__}; {work.__name__}()"
    cost, _ = run([sys.executable, "-c", program], environment=installation.environment)
    return cost


def make_airflow() -> None:
    """Airflow's own database, in the var folder of the environment."""
    local_airflow.prepare_environment(load_settings().var_dir)
    local_airflow.prepare_airflow()


def run_dag() -> None:
    """The nightly DAG on the installation of the environment."""
    local_airflow.prepare_environment(load_settings().var_dir)
    local_airflow.run_dag_here()


def main() -> None:
    """Measure and report."""
    size = sizes.chosen()
    report("dag_run", size, measure(size))


if __name__ == "__main__":
    main()
