"""Queue the day's digest to staff, if there is anything to tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pipeline.bulk.queries import digest, letters
from pipeline.bulk.queries.letters import Letter
from pipeline.clock import day_of
from pipeline.outbox.rules import MessageKind
from pipeline.settings import Settings
from pipeline.store.engine import Connection, Database


def queue_digest(database: Database, settings: Settings, *, at: datetime) -> bool:
    """Queue at most one digest a Taipei day, of what came in since the last; whether one was queued.

    Safe to run twice and in two processes. Without STAFF_MAIL there is nobody to tell.

    Raises:
        MachineUnusable: the database is away.
    """
    if not settings.staff_mail:
        return False
    with database.transaction(alone="collect files") as connection:
        last = digest.latest(connection)
        if last and day_of(last.created_at) == day_of(at):
            return False
        since = at - timedelta(days=settings.retention_days)  # what is older was purged in part
        payload = _payload(connection, (last.payload if last else None) or _beginning(connection, since), at)
        if not _has_news(connection, payload):
            return False
        letters.queue(connection, [Letter(MessageKind.DIGEST, settings.staff_mail, payload=payload)], at=at)
    return True


def _beginning(connection: Connection, since: datetime) -> dict[str, Any]:
    mail, batch = digest.ids_before(connection, recorded_before=since)
    return {"last_mail": mail, "last_batch": batch}


def _payload(connection: Connection, last: dict[str, Any], at: datetime) -> dict[str, Any]:
    newest_mail, newest_batch = digest.newest_ids(connection)
    return {
        "after_mail": last["last_mail"],
        "last_mail": newest_mail,
        "after_batch": last["last_batch"],
        "last_batch": newest_batch,
        "letters": digest.take_undelivered_letters(connection, at=at),
        "held": [held.batch_id for held in digest.held_batches(connection)],
    }


def _has_news(connection: Connection, told: dict[str, Any]) -> bool:
    return bool(
        told["letters"]
        or told["held"]
        or digest.count_unanswered(connection, after=told["after_mail"], up_to=told["last_mail"])
        or digest.untold_refusals(connection, after=told["after_batch"], up_to=told["last_batch"])
    )
