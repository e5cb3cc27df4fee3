"""
# 投保單位收件 · Employers' mail in

Every 15 minutes: mails to the mailbox and files in the drop folder are recorded, and whoever may hand in
hears of it at once: 「已收件,將於今夜處理」 with what the form already shows, or why the whole file was
refused. Nobody is registered here; that is `employer_bulk_registration`'s work, at night.

| task | does | when it fails |
|---|---|---|
| `take_in` | records each mail and file once, then moves it | what it could not take in stays where it is |
| `deliver` | sends receipts and refusals, not success mails | `mail_delivery` sends them within 5 minutes |

**Who is answered**: only registered contacts, at the address of the register. Mails of strangers, robots and
unproved senders lie in `Rejected`, answered by nobody, and stand in a daily digest to operators
(`NHICARD_STAFF_MAIL`). Bounces of our own mails are recorded here too.

**Held files** (a new contact, a sender whose domain proves nothing) wait for you:
`nhicard batch list --state held`, then `nhicard batch release N` or `refuse N`.

A mail that our own code or the database cannot take stays in the mailbox and keeps this run red, with its UID
in the log, until that is mended; the others go on.

**Safe to repeat**: a mail is known by its Message-ID, a file by its bytes; a second look only moves them.
Without `NHICARD_IMAP_URL` only the drop folder is looked at.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, task

from pipeline.settings import load_settings
from pipeline.tasks.schedule import dag_head

SETTINGS = load_settings()

with DAG(
    dag_id="employer_mail_intake",
    description="Every 15 minutes: employers' mails and files in, receipts and refusals out",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("*/15 * * * *", timezone="Asia/Taipei"),
    tags=["registration", "mail"],
    **dag_head(
        SETTINGS,
        task_timeout=timedelta(minutes=30),
        run_timeout=timedelta(hours=1),
        longest_retry=timedelta(minutes=5),
    ),
) as dag:

    @task
    def take_in() -> dict[str, Any]:
        """Record what came in, and queue receipts and refusals."""
        from pipeline.tasks import mail_intake

        return mail_intake.take_in()

    @task
    def deliver() -> dict[str, int]:
        """Send the letters that are due."""
        from pipeline.tasks import mail_delivery

        return mail_delivery.deliver_letters()

    take_in() >> deliver()
