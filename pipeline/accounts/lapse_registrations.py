"""Let applications lapse that nobody confirmed in time, and forget what limits and links no longer need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.accounts.queries import limits, mail_tokens
from pipeline.accounts.queries import registrations as accounts
from pipeline.clock import midnight
from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.engine import Database


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Counts of one round: applications lapsed, lapsed ones forgotten, links and limits deleted."""

    lapsed: int
    forgotten: int
    links: int
    limits: int


def lapse_registrations(database: Database, settings: Settings, *, today: date, at: datetime) -> Lapsed:
    """PENDING past its last day, as of the beginning of `today` in Taipei, becomes LAPSED. Safe to run twice.

    Who applied and with what is blanked at once; that there was an application goes after RETENTION_DAYS.

    Raises:
        MachineUnusable: the database is away.
    """
    begins = midnight(today)
    keep_from = today - timedelta(days=settings.retention_days)
    with database.transaction() as connection:
        lapsed = accounts.lapse(connection, now=begins)
        forgotten = accounts.forget_lapsed(connection, applied_before=keep_from)
        links = mail_tokens.forget_old(
            connection, expired_before=begins - timedelta(days=settings.retention_days)
        )
        counts = limits.forget_old(connection, today=today, now=begins)
        if lapsed:
            subject = f"{lapsed} registrations"
            audit.note(connection, actor="housekeeping", action="registration.lapse", subject=subject, at=at)
    return Lapsed(lapsed, forgotten, links, counts)
