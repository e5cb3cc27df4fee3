"""Purge what employers handed in once its time is over (rules 6): rows, raw files, addresses, logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.bulk.intake import inbox_folder
from pipeline.bulk.intake.mailbox import Mailbox
from pipeline.bulk.queries import purge
from pipeline.clock import midnight
from pipeline.settings import Settings
from pipeline.store.engine import Database

LOG_DAYS = 365


@dataclass(frozen=True, slots=True)
class Purged:
    """Counts of one purge."""

    rows: int
    raw_files: int
    raw_mails: int
    logs: int
    shelved_files: int
    shelved_mails: int


def purge_hand_ins(database: Database, settings: Settings, *, today: date) -> Purged:
    """Delete rows, raw files and mails, shelved originals after RETENTION_DAYS; logs after 365 days.

    Held and waiting files stay until an operator decides. Safe to run twice.

    Raises:
        MachineUnusable: the database, the drop folder or the mailbox is away.
    """
    keep_from = today - timedelta(days=settings.retention_days)
    keep_since = midnight(keep_from)
    with database.transaction() as connection:
        rows, raw_files = purge.purge_rows(connection, received_before=keep_from)
        raw_mails = purge.purge_mails(connection, recorded_before=keep_since)
        purge.purge_letter_parts(connection, created_before=keep_since)
        logs = purge.purge_logs(connection, received_before=today - timedelta(days=LOG_DAYS))
    shelved = inbox_folder.purge_shelves(settings.inbox, older_than=keep_since)
    return Purged(rows, raw_files, raw_mails, logs, shelved, _purge_mailbox(settings, keep_from))


def _purge_mailbox(settings: Settings, keep_from: date) -> int:
    """Delete old mails of both shelves; a mail that waits to be collected is never touched."""
    url = settings.imap_url.get_secret_value()
    if not url:
        return 0
    with Mailbox(url) as mailbox:
        return sum(mailbox.purge(shelf, keep_from) for shelf in ("Processed", "Rejected"))
