"""The one-time link by which a unit's contact vouches for a mail that nothing proves, and frees its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pipeline.accounts.queries import mail_tokens
from pipeline.accounts.refusals import AccountRefused
from pipeline.accounts.rules.deadlines import TokenPurpose, is_over
from pipeline.bulk.offer_release import Offered, is_held_for_want_of_records, offer_release
from pipeline.bulk.queries import batches
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.engine import Database

__all__ = ["HeldFile", "Offered", "find", "offer", "release"]


@dataclass(frozen=True, slots=True)
class HeldFile:
    """What the page shows before the button."""

    name: str
    unit_code: str
    unit_name: str
    received_on: str
    rows: int


def offer(database: Database, settings: Settings, batch_id: int, *, now: datetime) -> Offered:
    """A new link for a held file, valid for three days.

    Raises:
        ArgumentRefused: the batch is not held for want of its sender's records.
    """
    with database.transaction() as connection:
        return offer_release(connection, settings, batch_id, now=now)


def find(database: Database, settings: Settings, token: str, *, now: datetime) -> HeldFile | None:
    """The file behind a usable link, or None; spends nothing."""
    with database.reading() as connection:
        offered = mail_tokens.find(connection, token, TokenPurpose.RELEASE)
        if offered is None or offered.used_at is not None or is_over(offered.expires_at, now=now):
            return None
        return _held_file(connection, offered.batch_id)


def release(database: Database, settings: Settings, token: str, *, now: datetime) -> HeldFile:
    """Spend the token and let the file into the next night, where it is judged like any other.

    Raises:
        AccountRefused: RELEASE_UNUSABLE.
    """
    with database.transaction() as connection:
        offered = mail_tokens.spend(connection, token, TokenPurpose.RELEASE, now=now)
        file = _held_file(connection, offered.batch_id) if offered else None
        if offered is None or file is None:
            raise AccountRefused("RELEASE_UNUSABLE")
        # Not `is_released`: the contact vouches for the mail, not for what an operator would look at in it.
        batches.set_state(connection, [offered.batch_id], BatchState.WAITING, reason="", detail="")
        subject = f"batch {offered.batch_id}"
        audit.note(connection, actor="contact's mail link", action="batch.release", subject=subject, at=now)
    return file


def _held_file(connection: Connection, batch_id: int) -> HeldFile | None:
    held: Any = batches.find(connection, batch_id)
    if held is None or not is_held_for_want_of_records(held):
        return None
    return HeldFile(
        name=held.name,
        unit_code=held.unit_code,
        unit_name=batches.unit_names(connection, [batch_id]).get(batch_id, ""),
        received_on=held.received_on.isoformat(),
        rows=held.row_count,
    )
