"""The tasks of `registration_housekeeping`, and `nhicard housekeeping`: a day in, counts out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from pipeline import clock
from pipeline.accounts.lapse_registrations import lapse_registrations
from pipeline.bulk.purge_hand_ins import purge_hand_ins
from pipeline.outbox.purge_mail import purge_mail
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.tasks.mail_delivery import MAIL_KINDS
from pipeline.tasks.opening import open_database


def lapse(as_of: date | None = None) -> dict[str, int]:
    """Let applications lapse whose last day is before that day, by default today."""
    settings, database = open_database()
    return asdict(lapse_registrations(database, settings, today=as_of or clock.today(), at=clock.now()))


def purge(as_of: date | None = None) -> dict[str, int]:
    """Delete what employers handed in, and the addresses of mails, once their time is over."""
    settings, database = open_database()
    return purge_expired(database, settings, today=as_of or clock.today())


def purge_expired(database: Database, settings: Settings, *, today: date) -> dict[str, int]:
    """Delete all that is over its time as of that day; returns the counts.

    Raises:
        MachineUnusable: the database, the drop folder or the mailbox is away.
    """
    purged = asdict(purge_hand_ins(database, settings, today=today))
    return purged | asdict(purge_mail(database, settings, MAIL_KINDS, today=today))
