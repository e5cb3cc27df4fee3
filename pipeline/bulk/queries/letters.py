"""Letters about batches: several batches travel in one letter where they go to one address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, update

from pipeline.outbox.kinds import MailKind
from pipeline.outbox.queries import messages
from pipeline.outbox.queries.messages import NewMessage
from pipeline.outbox.rules import MessageState
from pipeline.store.slices import groups, slices
from pipeline.store.tables import batch, form_check, inbound_mail, letter_part, result_log, run, unit

# A letter stays below 5 MiB: a character of a log is at most three octets, base64 adds a third, and what the
# body shows of it comes to half a MiB at most.
CHARACTERS_PER_LETTER: Final = 1_000_000
# After so long a run is taken for dead; its answers are sent by the next one.
RUN_HAS_DIED_AFTER: Final = timedelta(hours=13)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to queue: one kind, one address, the batches it is about in their order."""

    kind: MailKind
    recipient: str = field(repr=False)
    batch_ids: tuple[int, ...] = ()
    payload: Mapping[str, Any] | None = field(default=None, repr=False)
    state: MessageState = MessageState.QUEUED
    reply_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterBatch:
    """A batch as a letter speaks of it: with its unit's name, its form check and the mail it came by.

    `shown` are rows of (row, line, masked ID, reason, hint); `form_warnings` dicts of code and rows.
    """

    batch_id: int
    name: str
    unit_code: str
    unit_name: str
    received_at: datetime
    received_on: date
    row_count: int
    reason: str
    detail: str
    ignored_columns: list[str]
    faulty_rows: int
    shown: list[list[Any]] = field(repr=False)
    form_warnings: list[dict[str, Any]]
    message_id: str


def queue(connection: Connection, letters: Sequence[Letter], *, at: datetime) -> list[int]:
    """Queue letters, each kind about a batch once to an address; returns their ids in the same order."""
    ids = messages.queue(connection, [_message(letter) for letter in letters], at=at)
    parts = [
        {
            "batch_id": batch_id,
            "kind": letter.kind.name,
            "recipient": letter.recipient,
            "outbox_message_id": outbox_message_id,
        }
        for outbox_message_id, letter in zip(ids, letters, strict=True)
        for batch_id in letter.batch_ids
    ]
    if parts:
        connection.execute(insert(letter_part), parts)
    return ids


def _message(letter: Letter) -> NewMessage:
    return NewMessage(
        kind=letter.kind.name,
        priority=letter.kind.priority,
        recipient=letter.recipient,
        payload=letter.payload,
        state=letter.state,
        reply_text=letter.reply_text,
    )


# --- answers wait for the others of their run -----------------------------------------------------


def owe_answers(connection: Connection, kind: MailKind, owed: Sequence[tuple[int, str]]) -> None:
    """Note that an answer of that kind about each batch is owed to that address."""
    if owed:
        values = [
            {"batch_id": batch_id, "kind": kind.name, "recipient": recipient} for batch_id, recipient in owed
        ]
        connection.execute(insert(letter_part), values)


_PUT_INTO_LETTER: Final = (
    update(letter_part)
    .where(
        letter_part.c.batch_id == bindparam("of_batch"),
        letter_part.c.kind == bindparam("of_kind"),
        letter_part.c.recipient == bindparam("to"),
    )
    .values(outbox_message_id=bindparam("letter"))
)


def queue_owed_answers(
    connection: Connection, kind: MailKind, *, at: datetime, run_id: int | None = None
) -> int:
    """Put owed answers into letters, one an address (more where they would be too large); returns how many.

    Answers of a run that still works wait. `run_id` has worked through its files: answers of earlier runs go
    with it, whatever became of those runs.
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
        Letter(kind, recipient, batch_ids) for recipient, batch_ids in _by_letter(connection.execute(query))
    ]
    ids = messages.queue(connection, [_message(letter) for letter in letters], at=at)
    parts = [
        {"of_batch": batch_id, "of_kind": kind.name, "to": letter.recipient, "letter": outbox_message_id}
        for outbox_message_id, letter in zip(ids, letters, strict=True)
        for batch_id in letter.batch_ids
    ]
    if parts:
        connection.execute(_PUT_INTO_LETTER, parts)
    return len(letters)


def _by_letter(owed: Iterable[Row[Any]]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(recipient, batches) of each letter: one address, and not too much for one mail."""
    for recipient, parts in groupby(owed, key=attrgetter("recipient")):
        for some in groups(parts, weight=attrgetter("characters"), heaviest=CHARACTERS_PER_LETTER):
            yield recipient, tuple(part.batch_id for part in some)


# --- what a letter says ---------------------------------------------------------------------------


def batches_of(connection: Connection, outbox_message_ids: Sequence[int]) -> dict[int, list[LetterBatch]]:
    """The batches of each letter in their order."""
    found: dict[int, list[LetterBatch]] = {}
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
            found.setdefault(row.outbox_message_id, []).append(_letter_batch(row))
    return found


def _letter_batch(row: Row[Any]) -> LetterBatch:
    return LetterBatch(
        batch_id=row.batch_id,
        name=row.name,
        unit_code=row.unit_code,
        unit_name=row.unit_name or "",
        received_at=row.received_at,
        received_on=row.received_on,
        row_count=row.row_count,
        reason=row.reason,
        detail=row.detail,
        ignored_columns=row.ignored_columns,
        faulty_rows=row.faulty_rows or 0,
        shown=row.shown or [],
        form_warnings=row.form_warnings or [],
        message_id=row.message_id or "",
    )
