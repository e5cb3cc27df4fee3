"""A one-time link by which a contact vouches for a mail that nothing proves, and frees its file.

Only for a file held because the sender's domain publishes no records, and not for a contact who joined a unit
lately: the link goes to the address that the register holds, which is all that it proves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from pipeline.accounts.queries import mail_tokens
from pipeline.accounts.rules.deadlines import TokenPurpose, link_until
from pipeline.bulk.queries import batches
from pipeline.bulk.rules.batch_states import BatchState, hold_sender_reason
from pipeline.clock import minute
from pipeline.errors import ArgumentRefused
from pipeline.insured.queries import contacts
from pipeline.settings import Settings

_NOTHING_PROVED: Final = hold_sender_reason(
    is_proved=False, first_seen_on=date.min, joined_others=False, received_on=date.min
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A link, the contact's stored address to mail it to, and until when it works (Asia/Taipei)."""

    link: str = field(repr=False)
    recipient: str = field(repr=False)
    valid_until: str


def is_held_for_want_of_records(batch: Any) -> bool:
    """Whether the batch (a row) waits because nothing proves who sent it, and for nothing else."""
    return bool(batch.state == BatchState.HELD and batch.detail == _NOTHING_PROVED)


def offer_release(connection: Connection, settings: Settings, batch_id: int, *, now: datetime) -> Offered:
    """Make a link for a held file, valid for three days, in the caller's transaction.

    Raises:
        ArgumentRefused: the batch is not held for want of records, or its sender is no settled contact.
    """
    held = batches.find(connection, batch_id)
    if held is None or not is_held_for_want_of_records(held):
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
    link = f"{settings.portal_url.rstrip('/')}/release/{token}"
    return Offered(link, contact.email, minute(until))
