"""Purge what employers handed in once its time is over (rules 6): rows, raw files, addresses, logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipeline.intake import inbox_folder
from pipeline.model.outcome import TAIPEI
from pipeline.settings import Settings
from pipeline.store import purge
from pipeline.store.engine import Database

LOG_DAYS = 365


@dataclass(frozen=True, slots=True)
class Purged:
    """Counts of one purge."""

    rows: int
    raw_files: int
    recipients: int
    logs: int
    shelved_files: int


def purge_hand_ins(database: Database, settings: Settings, *, today: date) -> Purged:
    """Delete rows, raw files, addresses and shelved originals after RETENTION_DAYS, logs after 365 days.

    Held and waiting files stay until somebody decides. Safe to run twice.

    Raises:
        MachineUnusable: the database or the drop folder is away.
    """
    keep_from = today - timedelta(days=settings.retention_days)
    midnight = datetime.combine(keep_from, time(), tzinfo=TAIPEI)
    with database.transaction() as connection:
        rows, raw_files = purge.purge_rows(connection, received_before=keep_from)
        recipients = purge.purge_recipients(connection, created_before=midnight)
        logs = purge.purge_logs(connection, received_before=today - timedelta(days=LOG_DAYS))
    shelved = inbox_folder.purge_shelves(settings.inbox, older_than=midnight)
    return Purged(rows, raw_files, recipients, logs, shelved)
