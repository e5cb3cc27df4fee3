"""What the heads of all DAGs share: when they begin, how tasks are retried, who is notified of failures.

No Airflow in here, so that it is imported before Airflow is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pipeline.clock import TAIPEI
from pipeline.outbox.notices import notify_operators
from pipeline.settings import Settings

BEGINS: Final = datetime(2026, 11, 1, tzinfo=TAIPEI)


def dag_head(
    settings: Settings,
    *,
    task_timeout: timedelta,
    run_timeout: timedelta,
    longest_retry: timedelta = timedelta(minutes=15),
) -> dict[str, Any]:
    """Arguments of every `DAG(...)`: one run at a time, no catching up, three retries, notices to operators.

    `task_timeout`: of one task. `run_timeout`: a run that hangs must not hold the next one.
    """
    notify: Callable[[Mapping[str, Any]], None] = notify_operators
    return {
        "start_date": BEGINS,
        "catchup": False,
        "max_active_runs": 1,
        "dagrun_timeout": run_timeout,
        "on_failure_callback": notify,
        "default_args": {
            "retries": 3,
            "execution_timeout": task_timeout,
            "retry_delay": timedelta(seconds=settings.retry_seconds),
            "retry_exponential_backoff": 2.0,
            "max_retry_delay": longest_retry,
            "on_failure_callback": notify,
        },
    }
