"""The outbox: a mail is queued with the commit that causes it, claimed under a lease, its reply recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    bindparam,
    case,
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

from pipeline.outbox.rules import ENDED, MessageState, Priority
from pipeline.store.slices import slices
from pipeline.store.tables import LETTER, NOT_THROUGH, outbox_message, switch

LEASE: Final = timedelta(minutes=15)  # above the 10 minutes a server may take for its last reply
PAUSED: Final = "mail_paused"
UNSENT: Final = (MessageState.QUEUED, MessageState.RETRY)
AGAIN: Final = (MessageState.RETRY, MessageState.FAILED, MessageState.UNKNOWN)
_PURGED: Final = "purged-"
_LONGEST_REPLY: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A mail about to be queued. `about` names the noun and the part of it that the mail is about.

    No two messages of one kind are about the same. `payload` is what only this mail says.
    """

    kind: str
    priority: Priority
    recipient: str = field(repr=False)
    about: tuple[int, int] | None = None
    payload: Mapping[str, Any] | None = field(default=None, repr=False)
    state: MessageState = MessageState.QUEUED
    reply_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A claimed message: what its mail is written from, and how often it was tried."""

    outbox_message_id: int
    kind: str
    priority: int
    recipient: str = field(repr=False)
    about_id: int | None
    about_part: int
    payload: Mapping[str, Any] | None = field(repr=False)
    created_at: datetime
    not_before: datetime
    attempts: int
    ambiguous_attempts: int


def queue(connection: Connection, messages: Sequence[NewMessage], *, at: datetime) -> list[int]:
    """Queue messages, due at once; returns their ids in the same order."""
    if not messages:
        return []
    values = [
        {
            "kind": message.kind,
            "priority": message.priority,
            "recipient": message.recipient,
            "about_id": message.about[0] if message.about else None,
            "about_part": message.about[1] if message.about else 0,
            "state": message.state,
            "reply_text": message.reply_text,
            "payload": dict(message.payload) if message.payload else None,
            "created_at": at,
            "not_before": at,
        }
        for message in messages
    ]
    queueing = insert(outbox_message).returning(
        outbox_message.c.outbox_message_id, sort_by_parameter_order=True
    )
    return [int(outbox_message_id) for outbox_message_id in connection.scalars(queueing, values)]


def count_queued(
    connection: Connection, kind: str, recipients: Iterable[str], *, since: datetime
) -> dict[str, int]:
    """How many mails of a kind were queued for each address since then; suppressed ones do not count."""
    found: dict[str, int] = {}
    for some in slices(sorted(set(recipients))):
        query = (
            select(outbox_message.c.recipient, func.count().label("messages"))
            .where(
                text(LETTER),
                outbox_message.c.recipient.in_(some),
                outbox_message.c.kind == kind,
                outbox_message.c.created_at >= since,
                outbox_message.c.state != MessageState.SUPPRESSED,
            )
            .group_by(outbox_message.c.recipient)
        )
        found.update((row.recipient, row.messages) for row in connection.execute(query))
    return found


# The columns of a `Message`.
_CLAIMED: Final = [outbox_message.c[each.name] for each in fields(Message)]


def claim(connection: Connection, *, now: datetime, limit: int, only_urgent: bool = False) -> list[Message]:
    """Take what is due, the most urgent first, under a lease; an expired lease is due again.

    `only_urgent`: mail of `Priority.BULK` waits for a later call.
    """
    due = or_(
        and_(outbox_message.c.state.in_(UNSENT), outbox_message.c.not_before <= now),
        and_(outbox_message.c.state == MessageState.SENDING, outbox_message.c.lease_until < now),
    )
    of_these = [outbox_message.c.priority < Priority.BULK] if only_urgent else []
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
        .returning(*_CLAIMED)
    )
    messages = [Message(**row._mapping) for row in connection.execute(taken)]
    return sorted(messages, key=lambda message: (message.priority, message.outbox_message_id))


@dataclass(frozen=True, slots=True)
class TryResult:
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


def record(connection: Connection, results: Sequence[TryResult]) -> None:
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
    """A mail came back after all. Returns its recipient; None: unknown, or known as bounced already."""
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


class MessageCount(NamedTuple):
    """How many messages of a kind stand in a state; the oldest one, and the next try."""

    kind: str
    state: str
    messages: int
    oldest: datetime
    next_try: datetime


def count_by_kind_and_state(connection: Connection) -> list[MessageCount]:
    """How many messages of each kind stand in each state, by kind and state."""
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
    return [MessageCount(*row) for row in connection.execute(query)]


def purged_recipient() -> ColumnElement[str]:
    """What stands for an address whose time is over: unique, and no address."""
    return literal(_PURGED) + cast(outbox_message.c.outbox_message_id, String)


def purge(connection: Connection, *, created_before: datetime, keeping: Sequence[str]) -> int:
    """Blank the addresses of mails that are through; returns how many. The row stays for the counts.

    Payloads of the kinds in `keeping` name no person, and stay.
    """
    blank = purged_recipient()
    ended = update(outbox_message).where(
        outbox_message.c.created_at < created_before,
        outbox_message.c.state.in_(ENDED),
        outbox_message.c.recipient != blank,
    )
    payload = case((outbox_message.c.kind.in_(keeping), outbox_message.c.payload), else_=null())
    return connection.execute(ended.values(recipient=blank, reply_text=None, payload=payload)).rowcount


def retry_now(connection: Connection, *, now: datetime) -> int:
    """Make waiting retries due, and begin the schedule of failed and unknown mails anew; return how many.

    A repeated failure is reported again.
    """
    again = update(outbox_message).where(
        outbox_message.c.state.in_(AGAIN),
        outbox_message.c.recipient != purged_recipient(),
    )
    anew = {"not_before": now, "attempts": 0, "reported_in_batch": None, "reported_at": None}
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
