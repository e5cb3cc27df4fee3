"""Deliver the mail that is due: the tasks of `mail_delivery`, and whatever else sends mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Final

from pipeline import clock
from pipeline.accounts.letters import ACCOUNT_MAILS
from pipeline.bulk.letters.answer_mails import queue_answers
from pipeline.bulk.letters.kinds import BULK_MAILS
from pipeline.outbox.deliver_mail import DeliveryCounts, deliver_due_mail
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.tasks.opening import open_database

# Every kind of mail of the house; each room defines its own.
MAIL_KINDS: Final = (*ACCOUNT_MAILS, *BULK_MAILS)


def deliver_mail(
    database: Database, settings: Settings, *, now: Callable[[], datetime], only_urgent: bool = False
) -> DeliveryCounts:
    """Send everything that is due; `only_urgent` leaves mail of `Priority.BULK` for later.

    Raises:
        MachineUnusable: the mail server or the database is away; unsent mails stay queued.
    """
    return deliver_due_mail(database, settings, MAIL_KINDS, now=now, only_urgent=only_urgent)


def deliver(run_id: int | None = None) -> dict[str, int]:
    """Queue the answers of ended runs (and of `run_id`, which is through), then send what is due."""
    settings, database = open_database()
    queue_answers(database, at=clock.now(), run_id=run_id)
    return asdict(deliver_mail(database, settings, now=clock.now))


def deliver_letters() -> dict[str, int]:
    """Send what is more urgent than success mails."""
    settings, database = open_database()
    return asdict(deliver_mail(database, settings, now=clock.now, only_urgent=True))
