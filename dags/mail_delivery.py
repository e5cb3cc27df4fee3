"""
# 寄信與重試 · Mail delivery

Every 5 minutes: sends whatever is due in the outbox, confirmations first, then letters to units, then success
mails. What a server puts off is due again after 1, 5, 15 minutes, 1, 2, then every 4 hours, for 48 hours.

| task | does | when it fails |
|---|---|---|
| `deliver` | claims under a lease, sends, records every reply | unsent mail stays queued for the next run |

**Pause and resume**: `nhicard mail pause`, `nhicard mail resume`; mail goes on being queued meanwhile.
**Look**: `nhicard mail status`. **Again**: `nhicard mail retry` makes waiting and failed mails due.

States: queued, sending, sent, retry, bounced (refused for good, or reported back later), suppressed (the
address bounced within 30 days), failed (put off for 48 hours), unknown (as failed, but the last try may have
got through). A success mail that did not arrive is told to its unit in the next answer; a letter that did
not, to operators.

**Safe to repeat**, and beside the night's own delivery: a mail is claimed by one process at a time, and every
try carries the same Message-ID. After a crash at most one mail a connection goes out twice.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import DAG, CronTriggerTimetable, task

from pipeline.outbox.notices import tell_operators
from pipeline.settings import load_settings

SETTINGS = load_settings()

with DAG(
    dag_id="mail_delivery",
    description="Every 5 minutes: retries, and whatever else the outbox owes",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("*/5 * * * *", timezone="Asia/Taipei"),
    start_date=pendulum.datetime(2026, 11, 1, tz="Asia/Taipei"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    on_failure_callback=tell_operators,
    tags=["mail"],
    default_args={
        "retries": 3,
        "execution_timeout": timedelta(hours=4),
        "retry_delay": timedelta(seconds=SETTINGS.retry_seconds),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=15),
        "on_failure_callback": tell_operators,
    },
) as dag:

    @task
    def deliver() -> dict[str, int]:
        """Send what is due."""
        from pipeline.tasks.night import deliver

        return deliver()

    deliver()
