"""What staff is told once a day: mails nobody answers, files nobody could be told of, letters that came back.

A digest's payload holds numbers only (ids up to which it tells), so a retry says the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select, update

from pipeline.model.batch import BatchState
from pipeline.model.message import UNDELIVERED, MessageKind
from pipeline.store.slices import slices
from pipeline.store.tables import batch, inbound_mail, letter_part, outbox_message

LETTERS: Final = (MessageKind.RECEIPT, MessageKind.ANSWER, MessageKind.REFUSAL)
MOST_LETTERS: Final = 500  # of one digest; the next tells the rest


def latest(connection: Connection) -> Any | None:
    """The newest digest: created_at and payload, or None."""
    query = (
        select(outbox_message.c.created_at, outbox_message.c.payload)
        .where(outbox_message.c.kind == MessageKind.DIGEST)
        .order_by(outbox_message.c.outbox_message_id.desc())
        .limit(1)
    )
    return connection.execute(query).one_or_none()


def newest_ids(connection: Connection) -> tuple[int, int]:
    """The newest inbound mail and the newest batch; 0 where there is none."""
    mail = connection.scalar(select(func.max(inbound_mail.c.inbound_mail_id)))
    newest_batch = connection.scalar(select(func.max(batch.c.batch_id)))
    return mail or 0, newest_batch or 0


def unanswered_mails(connection: Connection, *, after: int, up_to: int) -> list[Any]:
    """Mails in (after, up_to] that nobody is answered to."""
    query = select(inbound_mail).where(
        inbound_mail.c.inbound_mail_id > after,
        inbound_mail.c.inbound_mail_id <= up_to,
        inbound_mail.c.verdict == "unanswered",
    )
    return list(connection.execute(query.order_by(inbound_mail.c.inbound_mail_id)))


def untold_refusals(connection: Connection, *, after: int, up_to: int) -> list[Any]:
    """Refused batches in (after, up_to] that no letter is about; duplicates were told before."""
    told = select(letter_part.c.batch_id).where(letter_part.c.batch_id == batch.c.batch_id).exists()
    query = select(batch).where(
        batch.c.batch_id > after,
        batch.c.batch_id <= up_to,
        batch.c.state == BatchState.REFUSED,
        batch.c.reason != "FILE_DUPLICATE",
        ~told,
    )
    return list(connection.execute(query.order_by(batch.c.batch_id)))


def held_batches(connection: Connection) -> list[Any]:
    """Batches that wait for an operator now."""
    query = select(batch).where(batch.c.state == BatchState.HELD).order_by(batch.c.batch_id)
    return list(connection.execute(query))


def take_undelivered_letters(connection: Connection, *, at: datetime) -> list[int]:
    """Letters to units that did not arrive and of which staff was not told yet; now they count as told."""
    query = (
        select(outbox_message.c.outbox_message_id)
        .where(
            outbox_message.c.kind.in_(LETTERS),
            outbox_message.c.state.in_(UNDELIVERED),
            outbox_message.c.told_at.is_(None),
        )
        .order_by(outbox_message.c.outbox_message_id)
        .limit(MOST_LETTERS)
    )
    ids = [int(outbox_message_id) for outbox_message_id in connection.scalars(query)]
    for some in slices(ids):
        connection.execute(
            update(outbox_message).where(outbox_message.c.outbox_message_id.in_(some)).values(told_at=at)
        )
    return ids


def letters(connection: Connection, outbox_message_ids: list[int]) -> list[Any]:
    """These letters, each with the unit and the name of every batch that it is about."""
    found: list[Any] = []
    for some in slices(outbox_message_ids):
        query = (
            select(
                outbox_message.c.kind,
                outbox_message.c.state,
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
