"""
# 投保單位整批註冊 · Employers' bulk registration

Every night at 02:00 (Asia/Taipei): the files employers handed in become registrations, success mails to the
people, and a result log to each employer, line by line.

| task | does | when it fails |
|---|---|---|
| `open_night` | begins a run; a dry run is rehearsed here and ends | the database may be away |
| `collect` | records every complete file, refuses bad ones | nothing is recorded twice |
| `collect_mailbox` | the same for mails that came since the last look | the night goes on without them |
| `plan` | divides waiting files; needs a fresh register | `nhicard load-register DIR`, clear this task |
| `register_chunk` | one chunk: judge; register and answer at once | a chunk that was done is left alone |
| `deliver` | puts the run's answers into letters, sends what is due | `mail_delivery` goes on with it |
| `report` | counts the run | only counts are missing |
| `all_well` | is red when a task before it was, and so is the run | look at the red task |

Each task is retried three times before it fails, and operators get a mail (`NHICARD_STAFF_MAIL`).

**Safe to repeat**: clear any task, or trigger the DAG again; nobody is registered or mailed twice.
`deliver` and `report` run whatever happened before them; `all_well` keeps the run's colour honest.

**Held files** wait for you: `nhicard batch list --state held`, then `nhicard batch release N` or `refuse N`.

**Parameters** (Trigger with config): `inbox`, another drop folder than the setting's; `dry_run`, judge only:
no row, no mail, no move.

Between tasks only numbers travel; names and ID numbers stay in the business database.
On SQLite the pool `registering` has one slot, on PostgreSQL as many as the database likes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import DAG, CronTriggerTimetable, Param, get_current_context, task

from pipeline.outbox.notices import tell_operators
from pipeline.settings import load_settings

SETTINGS = load_settings()

with DAG(
    dag_id="employer_bulk_registration",
    description="Nightly: employers' files in, registrations, success mails and result logs out",
    doc_md=__doc__,
    schedule=CronTriggerTimetable(SETTINGS.nightly_cron, timezone="Asia/Taipei"),
    start_date=pendulum.datetime(2026, 11, 1, tz="Asia/Taipei"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=12),  # a night that hangs must not hold the next one
    on_failure_callback=tell_operators,
    tags=["registration", "nightly"],
    params={
        "inbox": Param(
            None, type=["null", "string"], title="Drop folder", description="Empty: the setting's folder."
        ),
        "dry_run": Param(
            False, type="boolean", title="Dry run", description="Judge only: no row, no mail, no move."
        ),
    },
    default_args={
        "retries": 3,
        "execution_timeout": timedelta(hours=4),
        "retry_delay": timedelta(seconds=SETTINGS.retry_seconds),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=15),
        "on_failure_callback": tell_operators,
    },
) as dag:

    @task.short_circuit
    def open_night(params: dict[str, Any] | None = None) -> int:
        """Begin a run; a dry run is over at once and skips the rest."""
        from pipeline.tasks.night import open_night

        return open_night(inbox=(params or {})["inbox"], dry_run=(params or {})["dry_run"])

    @task
    def collect(night: int, params: dict[str, Any] | None = None) -> dict[str, int]:
        """Record what lies in the drop folder."""
        from pipeline.tasks.night import collect

        return collect(night, inbox=(params or {})["inbox"])

    @task
    def collect_mailbox(night: int) -> dict[str, Any]:
        """Record what lies in the mailbox."""
        from pipeline.tasks.night import collect_mailbox

        return collect_mailbox(night)

    # A mailbox that is away must not hold the night: its mails wait there.
    @task(trigger_rule="all_done_min_one_success")
    def plan(night: int) -> list[int]:
        """Divide the waiting files into chunks."""
        from pipeline.tasks.night import plan

        return plan(night)

    @task(map_index_template="{{ chunk_label }}", pool="registering")
    def register_chunk(chunk_id: int) -> dict[str, int]:
        """Stage, judge, register and answer one chunk."""
        from pipeline.tasks.night import register_chunk

        get_current_context()["chunk_label"] = f"chunk {chunk_id}"  # type: ignore[typeddict-unknown-key]
        return register_chunk(chunk_id)

    @task(trigger_rule="all_done")
    def deliver(night: int) -> dict[str, int]:
        """Send what the outbox owes."""
        from pipeline.tasks.night import deliver

        return deliver(night)

    @task(trigger_rule="all_done")
    def report(night: int) -> dict[str, Any]:
        """Count the run."""
        from pipeline.tasks.night import report

        return report(night)

    @task(trigger_rule="none_failed")
    def all_well() -> None:
        """Red when anything before was; the run takes its colour from here."""

    night: Any = open_night()  # what a task returns, once it has run
    collected = [collect(night), collect_mailbox(night)]
    chunks = plan(night)
    registered = register_chunk.expand(chunk_id=chunks)
    delivered = deliver(night)
    reported = report(night)
    collected >> chunks >> registered >> delivered >> reported
    [*collected, chunks, registered, delivered, reported] >> all_well()
