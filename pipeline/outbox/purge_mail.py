"""Purge addresses and contents of mails once their time is over (docs/rules.md 6); the counts stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.clock import midnight
from pipeline.outbox.kinds import MailKind
from pipeline.outbox.queries import messages, suppression
from pipeline.settings import Settings
from pipeline.store.engine import Database


@dataclass(frozen=True, slots=True)
class PurgedMail:
    """How many mails lost their address."""

    recipients: int


def purge_mail(
    database: Database, settings: Settings, kinds: Iterable[MailKind], *, today: date
) -> PurgedMail:
    """Blank the addresses of mails that are through after RETENTION_DAYS. Safe to run twice.

    Raises:
        MachineUnusable: the database is away.
    """
    keep_since = midnight(today - timedelta(days=settings.retention_days))
    keeping = [kind.name for kind in kinds if kind.keeps_payload]
    with database.transaction() as connection:
        suppression.forget_old(connection, now=midnight(today))
        return PurgedMail(messages.purge(connection, created_before=keep_since, keeping=keeping))
