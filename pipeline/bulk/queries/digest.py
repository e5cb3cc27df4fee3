"""The SQL of the daily digest: mails without an answer, refusals without a letter, letters that came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, text, update

from pipeline.bulk.queries.batches import Batch, with_ids
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.bulk.rules.refusals import HandInCode
from pipeline.outbox.rules import UNDELIVERED
from pipeline.store.slices import slices
from pipeline.store.tables import LETTER, batch, contact, inbound_mail, letter_part, outbox_message

MOST_LETTERS: Final = 500  # of one digest; the next one holds the rest
MOST_MAILS: Final = 200  # shown; the rest is counted


@dataclass(frozen=True, slots=True)
class QueuedDigest:
    """A digest that was queued, with its payload."""

    created_at: datetime
    payload: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class UnansweredRow:
    """A mail that gets no answer; `sender` is the address in From, believed or not."""

    received_at: datetime
    sender: str = field(repr=False)
    reason: str
    attachments: int
    shelf: str


@dataclass(frozen=True, slots=True)
class LostLetter:
    """A letter that did not arrive, with one of the batches that it is about."""

    outbox_message_id: int
    kind: str
    reply_text: str
    unit_code: str
    name: str


def latest(connection: Connection, kind: str) -> QueuedDigest | None:
    """The newest digest, or None."""
    query = (
        select(outbox_message.c.created_at, outbox_message.c.payload)
        .where(text(LETTER), outbox_message.c.kind == kind)
        .order_by(outbox_message.c.outbox_message_id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return QueuedDigest(*row) if row else None


def ids_before(connection: Connection, *, recorded_before: datetime) -> tuple[int, int]:
    """The newest inbound mail and batch of before then: where a first digest begins."""
    mail = select(func.max(inbound_mail.c.inbound_mail_id)).where(
        inbound_mail.c.recorded_at < recorded_before
    )
    old_batch = select(func.max(batch.c.batch_id)).where(batch.c.received_at < recorded_before)
    return connection.scalar(mail) or 0, connection.scalar(old_batch) or 0


def newest_ids(connection: Connection) -> tuple[int, int]:
    """The newest inbound mail and the newest batch; 0 where there is none."""
    mail = connection.scalar(select(func.max(inbound_mail.c.inbound_mail_id)))
    newest_batch = connection.scalar(select(func.max(batch.c.batch_id)))
    return mail or 0, newest_batch or 0


def unanswered_mails(connection: Connection, *, after: int, up_to: int) -> list[UnansweredRow]:
    """Mails in (after, up_to] that get no answer, at most `MOST_MAILS`.

    Mails that say they come from a contact stand first: an employer may wait for an answer, and a flood of
    other mail must not hide that. The address in From counts here, believed or not.
    """
    is_contact = exists().where(func.lower(contact.c.email) == inbound_mail.c.sender)
    query = (
        select(*(inbound_mail.c[each.name] for each in fields(UnansweredRow)))
        .where(*_unanswered(after, up_to))
        .order_by(is_contact.desc(), inbound_mail.c.inbound_mail_id)
        .limit(MOST_MAILS)
    )
    return [UnansweredRow(*row) for row in connection.execute(query)]


def count_unanswered(connection: Connection, *, after: int, up_to: int) -> int:
    """How many mails in (after, up_to] get no answer."""
    query = select(func.count()).select_from(inbound_mail).where(*_unanswered(after, up_to))
    return int(connection.scalar(query) or 0)


def _unanswered(after: int, up_to: int) -> tuple[ColumnElement[bool], ...]:
    return (
        inbound_mail.c.inbound_mail_id > after,
        inbound_mail.c.inbound_mail_id <= up_to,
        inbound_mail.c.verdict == "unanswered",
    )


def refusals_without_letter(connection: Connection, *, after: int, up_to: int) -> list[Batch]:
    """Refused batches in (after, up_to] that no letter is about.

    Duplicates had their letter before, and operators know what an operator refused.
    """
    letter = select(letter_part.c.batch_id).where(letter_part.c.batch_id == batch.c.batch_id).exists()
    query = select(batch.c.batch_id).where(
        batch.c.batch_id > after,
        batch.c.batch_id <= up_to,
        batch.c.state == BatchState.REFUSED,
        batch.c.reason.not_in((HandInCode.FILE_DUPLICATE, HandInCode.HELD_REFUSED)),
        ~letter,
    )
    return with_ids(connection, list(connection.scalars(query.order_by(batch.c.batch_id))))


def held_batch_ids(connection: Connection) -> list[int]:
    """Batches that wait for an operator now, the oldest first."""
    query = select(batch.c.batch_id).where(batch.c.state == BatchState.HELD).order_by(batch.c.batch_id)
    return list(connection.scalars(query))


def take_undelivered_letters(
    connection: Connection, kinds: Sequence[str], *, at: datetime
) -> list[tuple[int, str]]:
    """(id, state) of letters of these kinds that did not arrive and stood in no digest yet; now they do."""
    query = (
        select(outbox_message.c.outbox_message_id, outbox_message.c.state)
        .where(
            text(LETTER),
            outbox_message.c.kind.in_(kinds),
            outbox_message.c.state.in_(UNDELIVERED),
            outbox_message.c.reported_at.is_(None),
        )
        .order_by(outbox_message.c.outbox_message_id)
        .limit(MOST_LETTERS)
    )
    found = [(int(row.outbox_message_id), str(row.state)) for row in connection.execute(query)]
    for some in slices([outbox_message_id for outbox_message_id, _ in found]):
        connection.execute(
            update(outbox_message).where(outbox_message.c.outbox_message_id.in_(some)).values(reported_at=at)
        )
    return found


def lost_letters(connection: Connection, outbox_message_ids: Sequence[int]) -> list[LostLetter]:
    """These letters, once for every batch that they are about."""
    found: list[LostLetter] = []
    for some in slices(outbox_message_ids):
        query = (
            select(
                outbox_message.c.outbox_message_id,
                outbox_message.c.kind,
                func.coalesce(outbox_message.c.reply_text, ""),
                batch.c.unit_code,
                batch.c.name,
            )
            .join(letter_part, letter_part.c.outbox_message_id == outbox_message.c.outbox_message_id)
            .join(batch, and_(batch.c.batch_id == letter_part.c.batch_id))
            .where(outbox_message.c.outbox_message_id.in_(some))
            .order_by(outbox_message.c.outbox_message_id, batch.c.batch_id)
        )
        found += [LostLetter(*row) for row in connection.execute(query)]
    return found
