"""The outbox: mail is owed from the commit on, claimed under a lease, and every reply is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    update,
)

from pipeline.outbox.rules import PRIORITY, MessageKind, MessageState
from pipeline.store.tables import NOT_THROUGH, outbox_message, switch

LEASE: Final = timedelta(minutes=15)  # above the 10 minutes a server may take for its last reply
PAUSED: Final = "mail_paused"
UNSENT: Final = (MessageState.QUEUED, MessageState.RETRY)
AGAIN: Final = (MessageState.RETRY, MessageState.FAILED, MessageState.UNKNOWN)
_PURGED: Final = "purged-"
_LONGEST_REPLY: Final = 200


def claim(connection: Connection, *, now: datetime, limit: int, only_urgent: bool = False) -> list[Any]:
    """Take what is due, the most urgent first, under a lease; an expired lease is due again.

    `only_urgent`: success mails wait for a later call.
    """
    due = or_(
        and_(outbox_message.c.state.in_(UNSENT), outbox_message.c.not_before <= now),
        and_(outbox_message.c.state == MessageState.SENDING, outbox_message.c.lease_until < now),
    )
    of_these = [outbox_message.c.priority < PRIORITY[MessageKind.SUCCESS]] if only_urgent else []
    chosen = (
        select(outbox_message.c.outbox_message_id)
        .where(text(NOT_THROUGH), due, *of_these)
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


@dataclass(frozen=True, slots=True)
class Result:
    """What a try came to; `not_before` counts if it is tried again, `sent_at` is of one that was sent."""

    outbox_message_id: int
    state: MessageState
    not_before: datetime
    ambiguous_attempts: int
    reply_code: int | None = None
    reply_text: str = ""
    sent_at: datetime | None = None


# Built once: thousands of mails a minute are recorded by it. What a bounce said meanwhile stays.
_RECORD: Final = (
    update(outbox_message)
    .where(
        outbox_message.c.outbox_message_id == bindparam("message"),
        outbox_message.c.state == MessageState.SENDING,
    )
    .values(
        state=bindparam("new_state"),
        lease_until=None,
        not_before=bindparam("new_not_before"),
        ambiguous_attempts=bindparam("ambiguous"),
        reply_code=bindparam("code"),
        reply_text=bindparam("reply"),
        sent_at=bindparam("sent"),
    )
)


def record(connection: Connection, results: Sequence[Result]) -> None:
    """Record what claimed mails came to."""
    values = [
        {
            "message": result.outbox_message_id,
            "new_state": result.state,
            "new_not_before": result.not_before,
            "ambiguous": result.ambiguous_attempts,
            "code": result.reply_code,
            "reply": result.reply_text[:_LONGEST_REPLY],
            "sent": result.sent_at,
        }
        for result in results
    ]
    if values:
        connection.execute(_RECORD, values)


_FORGET_LINK: Final = (
    update(outbox_message)
    .where(outbox_message.c.outbox_message_id == bindparam("message"))
    .values(payload=null())
)


def forget_links(connection: Connection, outbox_message_ids: Sequence[int]) -> None:
    """The links of these letters are with their receivers now; here only their hash stays."""
    if outbox_message_ids:
        connection.execute(_FORGET_LINK, [{"message": number} for number in outbox_message_ids])


_NEVER_TRIED: Final = (
    update(outbox_message)
    .where(
        outbox_message.c.outbox_message_id == bindparam("message"),
        outbox_message.c.state == MessageState.SENDING,
    )
    .values(lease_until=None, attempts=outbox_message.c.attempts - 1)
)


def give_back(connection: Connection, outbox_message_ids: Sequence[int]) -> None:
    """Return claimed mails that were never tried, as if not claimed."""
    values = [{"message": outbox_message_id} for outbox_message_id in outbox_message_ids]
    if values:
        connection.execute(_NEVER_TRIED.values(state=MessageState.QUEUED), values)


def suppress(connection: Connection, until: Mapping[int, datetime]) -> None:
    """End claimed mails to suppressed addresses untried; `until` when each address may be tried again."""
    values = [
        {
            "message": outbox_message_id,
            "reply": f"suppressed until {moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        }
        for outbox_message_id, moment in until.items()
    ]
    if values:
        ended = _NEVER_TRIED.values(
            state=MessageState.SUPPRESSED, reply_code=None, reply_text=bindparam("reply")
        )
        connection.execute(ended, values)


def bounce(connection: Connection, outbox_message_id: int, *, text: str) -> str | None:
    """A mail came back after all: return its recipient; None: unknown, or known as bounced already."""
    came_back = (
        update(outbox_message)
        .where(
            outbox_message.c.outbox_message_id == outbox_message_id,
            outbox_message.c.state != MessageState.BOUNCED,
        )
        .values(
            state=MessageState.BOUNCED, lease_until=None, reply_code=None, reply_text=text[:_LONGEST_REPLY]
        )
        .returning(outbox_message.c.recipient)
    )
    recipient: str | None = connection.scalar(came_back)
    return recipient


def is_purged(recipient: str) -> bool:
    """Whether this stands for an address whose time is over."""
    return recipient.startswith(_PURGED)


def count_possibly_doubled(connection: Connection) -> int:
    """How many mails may have reached their receiver more than once: the server hung up after taking one."""
    doubted = select(func.count()).where(outbox_message.c.ambiguous_attempts > 0)
    return connection.scalar(doubted) or 0


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
    return literal(_PURGED) + cast(outbox_message.c.outbox_message_id, String)


def retry_now(connection: Connection, *, now: datetime) -> int:
    """Make waiting retries due, and begin the schedule of failed and unknown mails anew; return how many.

    Whoever was told that one did not arrive is told again if it fails again.
    """
    again = update(outbox_message).where(
        outbox_message.c.state.in_(AGAIN),
        outbox_message.c.recipient != purged_recipient(),
    )
    anew = {"not_before": now, "attempts": 0, "told_in_batch": None, "told_at": None}
    return connection.execute(again.values(state=MessageState.RETRY, **anew)).rowcount


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
