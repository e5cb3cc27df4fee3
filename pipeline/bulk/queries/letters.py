"""Letters of the outbox: mails about whole batches, several of them in one where they go to one address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, text, update

from pipeline.outbox.rules import PRIORITY, MessageKind, MessageState
from pipeline.store.slices import slices
from pipeline.store.tables import (
    LETTER,
    batch,
    form_check,
    inbound_mail,
    letter_part,
    outbox_message,
    result_log,
    run,
    unit,
)

# A letter stays below 5 MiB: a character of a log is at most three octets, base64 adds a third, and what the
# body shows of it comes to half a MiB at most.
CHARACTERS_PER_LETTER: Final = 1_000_000
# A run that has not ended by then never will: what it owes goes out without it.
RUN_HAS_DIED_AFTER: Final = timedelta(hours=13)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to queue: one kind, one address, the batches it is about in their order."""

    kind: MessageKind
    recipient: str = field(repr=False)
    batch_ids: tuple[int, ...] = ()
    payload: Mapping[str, Any] | None = field(default=None, repr=False)
    state: MessageState = MessageState.QUEUED
    reply_text: str | None = None


def queue(connection: Connection, letters: Sequence[Letter], *, at: datetime) -> list[int]:
    """Queue letters; return their ids in the same order. One kind about one batch goes to an address once."""
    ids = _queue_messages(connection, letters, at)
    parts = [
        {
            "batch_id": batch_id,
            "kind": letter.kind,
            "recipient": letter.recipient,
            "outbox_message_id": outbox_message_id,
        }
        for outbox_message_id, letter in zip(ids, letters, strict=True)
        for batch_id in letter.batch_ids
    ]
    if parts:
        connection.execute(insert(letter_part), parts)
    return ids


def _queue_messages(connection: Connection, letters: Sequence[Letter], at: datetime) -> list[int]:
    if not letters:
        return []
    values = [
        {
            "kind": letter.kind,
            "priority": PRIORITY[letter.kind],
            "recipient": letter.recipient,
            "state": letter.state,
            "reply_text": letter.reply_text,
            "payload": dict(letter.payload) if letter.payload else None,
            "created_at": at,
            "not_before": at,
        }
        for letter in letters
    ]
    queueing = insert(outbox_message).returning(
        outbox_message.c.outbox_message_id, sort_by_parameter_order=True
    )
    return [int(outbox_message_id) for outbox_message_id in connection.scalars(queueing, values)]


def count_sent_today(
    connection: Connection, kind: MessageKind, recipients: Iterable[str], *, since: datetime
) -> dict[str, int]:
    """How many letters of that kind each address was given since then; suppressed ones do not count."""
    found: dict[str, int] = {}
    for some in slices(sorted(set(recipients))):
        query = (
            select(outbox_message.c.recipient, func.count().label("letters"))
            .where(
                text(LETTER),
                outbox_message.c.recipient.in_(some),
                outbox_message.c.kind == kind,
                outbox_message.c.created_at >= since,
                outbox_message.c.state != MessageState.SUPPRESSED,
            )
            .group_by(outbox_message.c.recipient)
        )
        found.update((row.recipient, row.letters) for row in connection.execute(query))
    return found


# --- answers wait for the others of their run -----------------------------------------------------


def owe_answers(connection: Connection, owed: Sequence[tuple[int, str]]) -> None:
    """Note that the result of each batch is owed to that address."""
    if owed:
        values = [
            {"batch_id": batch_id, "kind": MessageKind.ANSWER, "recipient": recipient}
            for batch_id, recipient in owed
        ]
        connection.execute(insert(letter_part), values)


_PUT_INTO_LETTER: Final = (
    update(letter_part)
    .where(
        letter_part.c.batch_id == bindparam("of_batch"),
        letter_part.c.kind == MessageKind.ANSWER,
        letter_part.c.recipient == bindparam("to"),
    )
    .values(outbox_message_id=bindparam("letter"))
)


def queue_owed_answers(connection: Connection, *, at: datetime, run_id: int | None = None) -> int:
    """Put owed answers into letters, one an address (more where they would be too large); return how many.

    Answers of a run that still works wait. `run_id` has worked through its files: what earlier runs owe goes
    with it, whatever became of them.
    """
    has_ended = or_(
        run.c.finished_at.is_not(None),
        run.c.started_at < at - RUN_HAS_DIED_AFTER,
        run.c.run_id <= (run_id or 0),
    )
    size = func.length(result_log.c.log) + func.length(result_log.c.annotated_csv)
    query = (
        select(letter_part.c.batch_id, letter_part.c.recipient, size.label("characters"))
        .join(batch, batch.c.batch_id == letter_part.c.batch_id)
        .join(result_log, result_log.c.batch_id == letter_part.c.batch_id)
        .outerjoin(run, run.c.run_id == batch.c.run_id)
        .where(letter_part.c.outbox_message_id.is_(None), has_ended)
        .order_by(letter_part.c.recipient, letter_part.c.batch_id)
        .with_for_update(of=letter_part)
    )
    letters = [
        Letter(MessageKind.ANSWER, recipient, batch_ids)
        for recipient, batch_ids in _together(connection.execute(query))
    ]
    ids = _queue_messages(connection, letters, at)
    parts = [
        {"of_batch": batch_id, "to": letter.recipient, "letter": outbox_message_id}
        for outbox_message_id, letter in zip(ids, letters, strict=True)
        for batch_id in letter.batch_ids
    ]
    if parts:
        connection.execute(_PUT_INTO_LETTER, parts)
    return len(letters)


def _together(owed: Iterable[Row[Any]]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(recipient, batches) of each letter: one address, and not too much for one mail."""
    recipient, characters = "", 0
    batch_ids: list[int] = []
    for row in owed:
        if batch_ids and (row.recipient != recipient or characters + row.characters > CHARACTERS_PER_LETTER):
            yield recipient, tuple(batch_ids)
            batch_ids, characters = [], 0
        recipient = row.recipient
        batch_ids.append(row.batch_id)
        characters += row.characters
    if batch_ids:
        yield recipient, tuple(batch_ids)


# --- what a letter says ---------------------------------------------------------------------------


def batches_of(connection: Connection, outbox_message_ids: Sequence[int]) -> dict[int, list[Any]]:
    """The batches of each letter in their order, with unit name, form check and the mail they came by."""
    found: dict[int, list[Any]] = {}
    for some in slices(outbox_message_ids):
        query = (
            select(
                letter_part.c.outbox_message_id,
                batch,
                unit.c.unit_name,
                form_check.c.faulty_rows,
                form_check.c.shown,
                form_check.c.warnings.label("form_warnings"),
                inbound_mail.c.message_id,
            )
            .join(batch, batch.c.batch_id == letter_part.c.batch_id)
            .outerjoin(unit, unit.c.unit_code == batch.c.unit_code)
            .outerjoin(form_check, form_check.c.batch_id == batch.c.batch_id)
            .outerjoin(inbound_mail, inbound_mail.c.inbound_mail_id == batch.c.inbound_mail_id)
            .where(letter_part.c.outbox_message_id.in_(some))
            .order_by(letter_part.c.outbox_message_id, letter_part.c.batch_id)
        )
        for row in connection.execute(query):
            found.setdefault(row.outbox_message_id, []).append(row)
    return found
