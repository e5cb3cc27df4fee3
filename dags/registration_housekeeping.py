"""
# 註冊維護 · Registration housekeeping

Every day at 00:10 (Asia/Taipei), before the night's files are judged: applications that nobody confirmed
within five days lapse, and personal data goes whose time is over.

| task | does | when it fails |
|---|---|---|
| `lapse` | applications past their last day lapse and are blanked | a station counts them as lapsed anyway |
| `purge` | deletes rows, raw files, mails and addresses in time | everything stays until the next run |

Rows, raw files and mails, addresses and lapsed applications go after `NHICARD_RETENTION_DAYS`, masked logs
after 365 days; expired links and the day's limits go too.

**Safe to repeat**, for any day: `nhicard housekeeping` does the same by hand.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task

from pipeline.settings import load_settings
from pipeline.tasks.schedule import dag_head

SETTINGS = load_settings()

with DAG(
    dag_id="registration_housekeeping",
    description="Daily: unconfirmed applications lapse, personal data goes in time",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("10 0 * * *", timezone="Asia/Taipei"),
    tags=["registration"],
    **dag_head(SETTINGS, task_timeout=timedelta(hours=2), run_timeout=timedelta(hours=6)),
) as dag:

    @task
    def lapse() -> dict[str, int]:
        """Let unconfirmed applications lapse."""
        from pipeline.tasks import housekeeping

        return housekeeping.lapse()

    @task
    def purge() -> dict[str, int]:
        """Delete what is over its time."""
        from pipeline.tasks import housekeeping

        return housekeeping.purge()

    lapse()
    purge()
