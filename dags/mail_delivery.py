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

from airflow.sdk import DAG, CronTriggerTimetable, task

from pipeline.settings import load_settings
from pipeline.tasks.schedule import dag_head

SETTINGS = load_settings()

with DAG(
    dag_id="mail_delivery",
    description="Every 5 minutes: retries, and whatever else the outbox owes",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("*/5 * * * *", timezone="Asia/Taipei"),
    tags=["mail"],
    **dag_head(SETTINGS, task_timeout=timedelta(hours=4), run_timeout=timedelta(hours=6)),
) as dag:

    @task
    def deliver() -> dict[str, int]:
        """Send what is due."""
        from pipeline.tasks import mail_delivery

        return mail_delivery.deliver()

    deliver()
