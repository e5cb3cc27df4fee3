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

from airflow.sdk import DAG, CronTriggerTimetable, Param, get_current_context, task

from pipeline.settings import load_settings
from pipeline.tasks.schedule import dag_head

SETTINGS = load_settings()

with DAG(
    dag_id="employer_bulk_registration",
    description="Nightly: employers' files in, registrations, success mails and result logs out",
    doc_md=__doc__,
    schedule=CronTriggerTimetable(SETTINGS.nightly_cron, timezone="Asia/Taipei"),
    tags=["registration", "nightly"],
    params={
        "inbox": Param(
            None, type=["null", "string"], title="Drop folder", description="Empty: the setting's folder."
        ),
        "dry_run": Param(
            False, type="boolean", title="Dry run", description="Judge only: no row, no mail, no move."
        ),
    },
    **dag_head(SETTINGS, task_timeout=timedelta(hours=4), run_timeout=timedelta(hours=12)),
) as dag:

    @task.short_circuit
    def open_night() -> int:
        """Begin a run; a dry run is over at once and skips the rest."""
        from pipeline.tasks import night

        params = get_current_context()["params"]
        return night.open_night(inbox=params["inbox"], dry_run=params["dry_run"])

    @task
    def collect(night_id: int) -> dict[str, int]:
        """Record what lies in the drop folder."""
        from pipeline.tasks import night

        return night.collect(night_id, inbox=get_current_context()["params"]["inbox"])

    @task
    def collect_mailbox(night_id: int) -> dict[str, Any]:
        """Record what lies in the mailbox."""
        from pipeline.tasks import night

        return night.collect_mailbox(night_id)

    # A mailbox that is away must not hold the night: its mails wait there.
    @task(trigger_rule="all_done_min_one_success")
    def plan(night_id: int) -> list[int]:
        """Divide the waiting files into chunks."""
        from pipeline.tasks import night

        return night.plan(night_id)

    @task(map_index_template="{{ chunk_label }}", pool="registering")
    def register_chunk(chunk_id: int) -> dict[str, int]:
        """Stage, judge, register and answer one chunk."""
        from pipeline.tasks import night

        get_current_context()["chunk_label"] = f"chunk {chunk_id}"  # type: ignore[typeddict-unknown-key]
        return night.register_chunk(chunk_id)

    @task(trigger_rule="all_done")
    def deliver(night_id: int) -> dict[str, int]:
        """Send what the outbox owes."""
        from pipeline.tasks import mail_delivery

        return mail_delivery.deliver(night_id)

    @task(trigger_rule="all_done")
    def report(night_id: int) -> dict[str, Any]:
        """Count the run."""
        from pipeline.tasks import night

        return night.report(night_id)

    @task(trigger_rule="none_failed")
    def all_well() -> None:
        """Red when anything before was; the run takes its colour from here."""

    night_id: Any = open_night()  # what a task returns, once it has run
    collected = [collect(night_id), collect_mailbox(night_id)]
    chunks = plan(night_id)
    registered = register_chunk.expand(chunk_id=chunks)
    delivered = deliver(night_id)
    reported = report(night_id)
    collected >> chunks >> registered >> delivered >> reported
    [*collected, chunks, registered, delivered, reported] >> all_well()
