"""What staff is told once a day: mails nobody answers, files nobody could be told of, letters that came back.

A digest's payload holds ids and states, no names, and a retry says the same whatever changed meanwhile.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, text, update

from pipeline.bulk.rules.batch_states import BatchState
from pipeline.outbox.rules import UNDELIVERED, MessageKind
from pipeline.store.slices import slices
from pipeline.store.tables import LETTER, batch, contact, inbound_mail, letter_part, outbox_message

LETTERS: Final = (MessageKind.RECEIPT, MessageKind.ANSWER, MessageKind.REFUSAL)
MOST_LETTERS: Final = 500  # of one digest; the next tells the rest
MOST_MAILS: Final = 200  # shown; the rest is counted


def latest(connection: Connection) -> Any | None:
    """The newest digest: created_at and payload, or None."""
    query = (
        select(outbox_message.c.created_at, outbox_message.c.payload)
        .where(text(LETTER), outbox_message.c.kind == MessageKind.DIGEST)
        .order_by(outbox_message.c.outbox_message_id.desc())
        .limit(1)
    )
    return connection.execute(query).one_or_none()


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


def unanswered_mails(connection: Connection, *, after: int, up_to: int) -> list[Any]:
    """Mails in (after, up_to] that nobody is answered to, at most `MOST_MAILS`.

    First those that say they come from a contact: an employer may wait for a word, and a flood of other mail
    must not hide it. The address in From counts here, believed or not.
    """
    is_contact = exists().where(func.lower(contact.c.email) == inbound_mail.c.sender)
    query = (
        select(inbound_mail)
        .where(*_unanswered(after, up_to))
        .order_by(is_contact.desc(), inbound_mail.c.inbound_mail_id)
        .limit(MOST_MAILS)
    )
    return list(connection.execute(query))


def count_unanswered(connection: Connection, *, after: int, up_to: int) -> int:
    """How many mails in (after, up_to] nobody is answered to."""
    query = select(func.count()).select_from(inbound_mail).where(*_unanswered(after, up_to))
    return int(connection.scalar(query) or 0)


def _unanswered(after: int, up_to: int) -> tuple[ColumnElement[bool], ...]:
    return (
        inbound_mail.c.inbound_mail_id > after,
        inbound_mail.c.inbound_mail_id <= up_to,
        inbound_mail.c.verdict == "unanswered",
    )


def untold_refusals(connection: Connection, *, after: int, up_to: int) -> list[Any]:
    """Refused batches in (after, up_to] that no letter is about.

    Duplicates were told before, and what an operator refused is no news to operators.
    """
    told = select(letter_part.c.batch_id).where(letter_part.c.batch_id == batch.c.batch_id).exists()
    query = select(batch).where(
        batch.c.batch_id > after,
        batch.c.batch_id <= up_to,
        batch.c.state == BatchState.REFUSED,
        batch.c.reason.not_in(("FILE_DUPLICATE", "HELD_REFUSED")),
        ~told,
    )
    return list(connection.execute(query.order_by(batch.c.batch_id)))


def held_batches(connection: Connection) -> list[Any]:
    """Batches that wait for an operator now."""
    query = select(batch).where(batch.c.state == BatchState.HELD).order_by(batch.c.batch_id)
    return list(connection.execute(query))


def take_undelivered_letters(connection: Connection, *, at: datetime) -> list[tuple[int, str]]:
    """(id, state) of letters to units that did not arrive, untold to staff so far; now they count as told."""
    query = (
        select(outbox_message.c.outbox_message_id, outbox_message.c.state)
        .where(
            text(LETTER),
            outbox_message.c.kind.in_(LETTERS),
            outbox_message.c.state.in_(UNDELIVERED),
            outbox_message.c.told_at.is_(None),
        )
        .order_by(outbox_message.c.outbox_message_id)
        .limit(MOST_LETTERS)
    )
    found = [(int(row.outbox_message_id), str(row.state)) for row in connection.execute(query)]
    for some in slices([outbox_message_id for outbox_message_id, _ in found]):
        connection.execute(
            update(outbox_message).where(outbox_message.c.outbox_message_id.in_(some)).values(told_at=at)
        )
    return found


def letters(connection: Connection, outbox_message_ids: list[int]) -> list[Any]:
    """These letters, each with the unit and the name of every batch that it is about."""
    found: list[Any] = []
    for some in slices(outbox_message_ids):
        query = (
            select(
                outbox_message.c.outbox_message_id,
                outbox_message.c.kind,
                outbox_message.c.reply_text,
                batch.c.unit_code,
                batch.c.name,
                batch.c.reason,
            )
            .join(letter_part, letter_part.c.outbox_message_id == outbox_message.c.outbox_message_id)
            .join(batch, and_(batch.c.batch_id == letter_part.c.batch_id))
            .where(outbox_message.c.outbox_message_id.in_(some))
            .order_by(outbox_message.c.outbox_message_id, batch.c.batch_id)
        )
        found += connection.execute(query)
    return found
