"""The outbox: mail is owed from the commit on, claimed under a lease, and every reply is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)

from pipeline.model.message import PRIORITY, MessageKind, MessageState
from pipeline.store.tables import NOT_THROUGH, outbox_message, switch

LEASE: Final = timedelta(minutes=15)  # above the 10 minutes a server may take for its last reply
PAUSED: Final = "mail_paused"
UNSENT: Final = (MessageState.QUEUED, MessageState.RETRY)


def queue(
    connection: Connection, kind: MessageKind, *, mails: Sequence[tuple[int, str]], at: datetime
) -> int:
    """Queue one mail of that kind for each (batch_id, recipient); return how many."""
    common = {"kind": kind, "priority": PRIORITY[kind], "state": MessageState.QUEUED}
    values = [
        common | {"batch_id": batch_id, "recipient": recipient, "created_at": at, "not_before": at}
        for batch_id, recipient in mails
    ]
    if values:
        connection.execute(insert(outbox_message), values)
    return len(values)


def claim(connection: Connection, *, now: datetime, limit: int) -> list[Any]:
    """Take what is due, the most urgent first, under a lease; an expired lease is due again."""
    due = or_(
        and_(outbox_message.c.state.in_(UNSENT), outbox_message.c.not_before <= now),
        and_(outbox_message.c.state == MessageState.SENDING, outbox_message.c.lease_until < now),
    )
    chosen = (
        select(outbox_message.c.outbox_message_id)
        .where(text(NOT_THROUGH), due)
        .order_by(outbox_message.c.priority, outbox_message.c.not_before, outbox_message.c.outbox_message_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(outbox_message)
        .where(outbox_message.c.outbox_message_id.in_(chosen.scalar_subquery()))
        .values(
            state=MessageState.SENDING,
            lease_until=now + LEASE,
            attempts=outbox_message.c.attempts + 1,
        )
        .returning(outbox_message)
    )
    return sorted(connection.execute(taken), key=lambda row: (row.priority, row.outbox_message_id))


def record(
    connection: Connection,
    outbox_message_id: int,
    state: MessageState,
    *,
    code: int | None,
    text: str,
    **values: Any,
) -> None:
    """Record a server's reply."""
    connection.execute(
        update(outbox_message)
        .where(outbox_message.c.outbox_message_id == outbox_message_id)
        .values(state=state, lease_until=None, reply_code=code, reply_text=text[:200], **values)
    )


def give_back(connection: Connection, outbox_message_ids: Sequence[int]) -> None:
    """Return claimed mails that were never tried, as if not claimed."""
    for outbox_message_id in outbox_message_ids:
        connection.execute(
            update(outbox_message)
            .where(
                outbox_message.c.outbox_message_id == outbox_message_id,
                outbox_message.c.state == MessageState.SENDING,
            )
            .values(state=MessageState.QUEUED, lease_until=None, attempts=outbox_message.c.attempts - 1)
        )


def count_by_kind_and_state(connection: Connection) -> list[Any]:
    """Rows of kind, state, messages, oldest created_at, next not_before."""
    query = (
        select(
            outbox_message.c.kind,
            outbox_message.c.state,
            func.count().label("messages"),
            func.min(outbox_message.c.created_at).label("oldest"),
            func.min(outbox_message.c.not_before).label("next_try"),
        )
        .group_by(outbox_message.c.kind, outbox_message.c.state)
        .order_by(outbox_message.c.kind, outbox_message.c.state)
    )
    return list(connection.execute(query))


def purged_recipient() -> ColumnElement[str]:
    """What stands for an address whose time is over: unique, and nobody's."""
    return literal("purged-") + cast(outbox_message.c.outbox_message_id, String)


def retry_now(connection: Connection, *, now: datetime) -> int:
    """Make every waiting retry due, and begin the schedule of failed mails anew; return how many."""
    again = update(outbox_message).where(
        outbox_message.c.state.in_((MessageState.RETRY, MessageState.FAILED)),
        outbox_message.c.recipient != purged_recipient(),
    )
    return connection.execute(again.values(state=MessageState.RETRY, not_before=now, attempts=0)).rowcount


def is_paused(connection: Connection) -> bool:
    """Whether an operator stopped the delivery."""
    return connection.execute(select(switch.c.name).where(switch.c.name == PAUSED)).first() is not None


def pause(connection: Connection, *, at: datetime) -> None:
    """Stop the delivery until `resume`."""
    if not is_paused(connection):
        connection.execute(insert(switch).values(name=PAUSED, turned_on_at=at))


def resume(connection: Connection) -> None:
    """Let the delivery go on."""
    connection.execute(delete(switch).where(switch.c.name == PAUSED))
