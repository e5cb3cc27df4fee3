"""Collect folder and mailbox by day: the tasks of `employer_mail_intake`, and `nhicard collect`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline import clock
from pipeline.bulk.collect.collect_files import Collected, collect_files
from pipeline.bulk.collect.collect_mail import CollectedMail, collect_mail
from pipeline.bulk.letters.digest_mails import queue_digest
from pipeline.errors import MachineUnusable
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.tasks.opening import open_database


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Counts of one look at folder and mailbox."""

    folder: Collected
    mailbox: CollectedMail
    has_digest: bool

    def as_counts(self) -> dict[str, Any]:
        """Flat, for people and scripts: `files` of both doors, then what only mails have."""
        files = self.folder + self.mailbox.files
        return {
            "files": files.files,
            "accepted": files.accepted,
            "refused": files.refused,
            "mails": self.mailbox.mails,
            "unanswered_mails": self.mailbox.unanswered,
            "bounces": self.mailbox.bounces,
            "digest": int(self.has_digest),
        }


def collect_with_receipts(database: Database, settings: Settings, *, now: Callable[[], datetime]) -> TakenIn:
    """Collect both with receipts to the senders, and queue the day's digest to operators.

    Raises:
        MachineUnusable: folder, mailbox or database is away; the other one is collected all the same.
    """
    faults: list[MachineUnusable] = []
    folder, mailbox = Collected(), CollectedMail()
    try:
        folder = collect_files(database, settings, now=now, receipts=True)
    except MachineUnusable as error:
        faults.append(error)
    try:
        mailbox = collect_mail(database, settings, now=now, receipts=True)
    except MachineUnusable as error:
        faults.append(error)
    has_digest = queue_digest(database, settings, at=now())
    if faults:
        raise faults[0]
    return TakenIn(folder, mailbox, has_digest)


def take_in() -> dict[str, Any]:
    """What the DAG's task calls: collect, and return the counts."""
    settings, database = open_database()
    return collect_with_receipts(database, settings, now=clock.now).as_counts()
