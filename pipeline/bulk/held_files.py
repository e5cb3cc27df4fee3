"""Held files: an operator decides, or the unit's contact vouches for a mail that nothing proves.

The contact's one-time link frees a file only where the sender's domain publishes no records and nothing else
is wrong with the sender; it goes to the address that the register holds, which is all that it proves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from pipeline.accounts.queries import mail_tokens
from pipeline.accounts.refusals import AccountRefused
from pipeline.accounts.rules.deadlines import TokenPurpose, is_over, link_until
from pipeline.bulk.letters.receipt_mails import REFUSAL
from pipeline.bulk.queries import batches, letters, rows
from pipeline.bulk.queries.batches import SentBatch
from pipeline.bulk.queries.letters import Letter
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.bulk.rules.held import hold_sender_reason
from pipeline.bulk.rules.refusals import HandInCode
from pipeline.clock import day_of, minute
from pipeline.errors import ArgumentRefused
from pipeline.insured.queries import contacts, units
from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.engine import Connection, Database

_UNAUTHENTICATED: Final = hold_sender_reason(
    is_proved=False, first_seen_on=date.min, joined_others=False, received_on=date.min
)


# --- an operator decides ---------------------------------------------------------------------------


def release_batch(database: Database, batch_id: int, *, actor: str, at: datetime) -> None:
    """Let a held file into the next run, past the held rules.

    Raises:
        ArgumentRefused: the batch does not exist or is not held.
    """
    with database.transaction() as connection:
        _require_held(connection, batch_id)
        batches.release(connection, batch_id)
        audit.note(connection, actor=actor, action="batch.release", subject=f"batch {batch_id}", at=at)


def refuse_batch(database: Database, batch_id: int, *, staff: str, actor: str, at: datetime) -> None:
    """Refuse a held file for good: its stored rows are deleted, and its unit gets a refusal without reason.

    `staff`: where the refusal to a unit without contacts goes.

    Raises:
        ArgumentRefused: the batch does not exist or is not held.
    """
    with database.transaction() as connection:
        held = _require_held(connection, batch_id)
        batches.refuse(connection, batch_id, reason=HandInCode.HELD_REFUSED, at=at)
        rows.forget(connection, [batch_id])
        contacts_of = contacts.answered_at(connection, [held.unit_code], on=day_of(at), staff=staff)
        refusals = [Letter(REFUSAL, address, (batch_id,)) for address in contacts_of[held.unit_code]]
        letters.queue(connection, refusals, at=at)
        audit.note(connection, actor=actor, action="batch.refuse", subject=f"batch {batch_id}", at=at)


def _require_held(connection: Connection, batch_id: int) -> SentBatch:
    found = batches.find(connection, batch_id)
    if found is None:
        raise ArgumentRefused(f"there is no batch {batch_id}: see `nhicard batch list`")
    if found.state != BatchState.HELD:
        raise ArgumentRefused(f"batch {batch_id} is not held but {found.state}: nothing was changed")
    return found


# --- the unit's contact vouches --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferedRelease:
    """A link, the contact's stored address to mail it to, and until when it works (Asia/Taipei)."""

    link: str = field(repr=False)
    recipient: str = field(repr=False)
    valid_until: str


@dataclass(frozen=True, slots=True)
class FileToRelease:
    """What the page shows before the button."""

    name: str
    unit_code: str
    unit_name: str
    received_on: str
    rows: int


def offer_release(
    connection: Connection, settings: Settings, batch_id: int, *, now: datetime
) -> OfferedRelease:
    """Make a link for a held file, valid for three days, in the caller's transaction.

    Raises:
        ArgumentRefused: the batch is not held as unauthenticated, or its sender joined the unit lately.
    """
    held = batches.find(connection, batch_id)
    if held is None or not _is_held_as_unauthenticated(held):
        raise ArgumentRefused(f"batch {batch_id} is not held for want of its sender's records")
    sender = (held.sender or "").lower()
    known = contacts.of_senders(connection, [sender], on=held.received_on).get(sender, {})
    contact = known.get(held.unit_code)
    if contact is None or hold_sender_reason(
        is_proved=True,
        first_seen_on=contact.first_seen_on,
        joined_others=contact.joined_others,
        received_on=held.received_on,
    ):
        raise ArgumentRefused(f"the sender of batch {batch_id} is no settled contact of its unit")
    until = link_until(TokenPurpose.RELEASE, now=now)
    token = mail_tokens.issue(connection, TokenPurpose.RELEASE, expires_at=until, batch_id=batch_id)
    return OfferedRelease(settings.portal_link("release", token), contact.email, minute(until))


def find_offered(database: Database, token: str, *, now: datetime) -> FileToRelease | None:
    """The file behind a usable link, or None; spends nothing."""
    with database.reading() as connection:
        offered = mail_tokens.find(connection, token, TokenPurpose.RELEASE)
        if offered is None or offered.used_at is not None or is_over(offered.expires_at, now=now):
            return None
        return _file_to_release(connection, offered.batch_id)


def vouch(database: Database, token: str, *, now: datetime) -> FileToRelease:
    """Spend the token and let the file into the next night, where it is judged like any other.

    Raises:
        AccountRefused: RELEASE_UNUSABLE.
    """
    with database.transaction() as connection:
        offered = mail_tokens.spend(connection, token, TokenPurpose.RELEASE, now=now)
        file = _file_to_release(connection, offered.batch_id) if offered else None
        if offered is None or file is None or not batches.vouch(connection, offered.batch_id):
            raise AccountRefused("RELEASE_UNUSABLE")
        subject = f"batch {offered.batch_id}"
        audit.note(connection, actor="contact's mail link", action="batch.release", subject=subject, at=now)
    return file


def _file_to_release(connection: Connection, batch_id: int) -> FileToRelease | None:
    held = batches.find(connection, batch_id)
    if held is None or not _is_held_as_unauthenticated(held):
        return None
    return FileToRelease(
        name=held.name,
        unit_code=held.unit_code,
        unit_name=units.names(connection, [held.unit_code]).get(held.unit_code, ""),
        received_on=held.received_on.isoformat(),
        rows=held.row_count,
    )


def _is_held_as_unauthenticated(batch: SentBatch) -> bool:
    """Whether the batch waits because nothing proves who sent it, and for nothing else."""
    return batch.state is BatchState.HELD and batch.detail == _UNAUTHENTICATED
