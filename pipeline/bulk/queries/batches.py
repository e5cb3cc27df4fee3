"""Batches and hand-ins: what reached us, and where each file stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, select, update

from pipeline.bulk.rules.batch_states import TRANSITIONS, BatchState, Transition
from pipeline.store.slices import slices
from pipeline.store.tables import (
    batch,
    batch_content,
    chunk,
    form_check,
    inbound_mail,
    unit,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """A batch about to be recorded; an empty unit code when the name could not be read."""

    name: str
    unit_code: str
    file_date: date | None
    source: str
    sha256: str
    received_at: datetime
    received_on: date
    encoding: str
    ignored_columns: tuple[str, ...]
    row_count: int
    state: BatchState
    reason: str
    detail: str
    run_id: int | None
    consent: str = ""
    inbound_mail_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A recorded batch. `file_date`: None where the name has none; `reason`: a code, empty without one."""

    batch_id: int
    name: str
    unit_code: str
    file_date: date | None
    source: str
    received_at: datetime
    received_on: date
    ignored_columns: Sequence[str]
    row_count: int
    state: BatchState
    reason: str
    detail: str
    is_released: bool
    consent: str
    inbound_mail_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBatch(Batch):
    """A batch with the sender of the mail it came by; None for a file of the drop folder."""

    sender: str | None


@dataclass(frozen=True, slots=True)
class EarlierBatch:
    """A batch with the same content as a file that came in, and what became of it."""

    unit_code: str
    name: str
    sha256: str
    state: BatchState
    reason: str
    received_at: datetime
    received_on: date


@dataclass(frozen=True, slots=True)
class BatchSize:
    """What planning needs to know of a batch."""

    batch_id: int
    row_count: int


# The columns of each type above, in its order.
_BATCH: Final = [batch.c[each.name] for each in fields(Batch)]
_EARLIER: Final = [batch.c[each.name] for each in fields(EarlierBatch)]


def _batch(row: Row[Any]) -> Batch:
    return Batch(**{**row._mapping, "state": BatchState(row.state)})


def earlier_batches(connection: Connection, sha256s: Iterable[str]) -> list[EarlierBatch]:
    """Every batch with one of these contents, the oldest first."""
    found: list[EarlierBatch] = []
    for some in slices(sorted(set(sha256s))):
        query = select(*_EARLIER).where(batch.c.sha256.in_(some)).order_by(batch.c.batch_id)
        found += [
            EarlierBatch(**{**row._mapping, "state": BatchState(row.state)})
            for row in connection.execute(query)
        ]
    return found


def received_before(connection: Connection, sha256s: Iterable[str]) -> dict[tuple[str, str, str], datetime]:
    """When each (unit, name, content) first reached us in a batch that was not refused."""
    return {
        (old.unit_code, old.name, old.sha256): old.received_at
        for old in reversed(earlier_batches(connection, sha256s))
        if old.state != BatchState.REFUSED
    }


def record(connection: Connection, new: Sequence[NewBatch]) -> list[int]:
    """Record batches; return their ids in the same order."""
    if not new:
        return []
    values = [asdict(one) | {"ignored_columns": list(one.ignored_columns)} for one in new]
    recording = insert(batch).returning(batch.c.batch_id, sort_by_parameter_order=True)
    return [int(batch_id) for batch_id in connection.scalars(recording, values)]


def keep_contents(connection: Connection, contents: Sequence[tuple[int, bytes]]) -> None:
    """Keep the bytes of these batches until their rows are judged, and as evidence afterwards."""
    if contents:
        values = [{"batch_id": batch_id, "content": content} for batch_id, content in contents]
        connection.execute(insert(batch_content), values)


def keep_form_checks(connection: Connection, checks: Sequence[Mapping[str, Any]]) -> None:
    """Keep what the form of these batches showed (columns of `form_check`)."""
    if checks:
        connection.execute(insert(form_check), list(checks))


def runnable(connection: Connection) -> list[BatchSize]:
    """Batches that a night works on, the oldest first; on PostgreSQL locked against a second planner."""
    query = (
        select(batch.c.batch_id, batch.c.row_count)
        .where(batch.c.state == BatchState.WAITING)
        .order_by(batch.c.batch_id)
        .with_for_update()
    )
    return [BatchSize(row.batch_id, row.row_count) for row in connection.execute(query)]


def new_chunk(connection: Connection, *, run_id: int, batch_ids: Sequence[int]) -> int:
    """Put batches into a new chunk of a run; return its id."""
    chunk_id = _new_id(connection, insert(chunk).values(run_id=run_id).returning(chunk.c.chunk_id))
    for some in slices(batch_ids):
        connection.execute(
            update(batch).where(batch.c.batch_id.in_(some)).values(chunk_id=chunk_id, run_id=run_id)
        )
    return chunk_id


def in_chunk(chunk_id: int, state: BatchState) -> ColumnElement[bool]:
    """The condition «this batch belongs to that chunk and stands there»."""
    return and_(batch.c.chunk_id == chunk_id, batch.c.state == state)


def in_state(connection: Connection, chunk_id: int, state: BatchState) -> list[Batch]:
    """The chunk's batches in that state."""
    return [_batch(row) for row in connection.execute(_in_state(chunk_id, state))]


def locked(connection: Connection, chunk_id: int, state: BatchState) -> list[Batch]:
    """The chunk's batches in that state, locked until the transaction ends; some may have been taken away."""
    return [_batch(row) for row in connection.execute(_in_state(chunk_id, state).with_for_update())]


def _in_state(chunk_id: int, state: BatchState) -> Select[Any]:
    return select(*_BATCH).where(in_chunk(chunk_id, state)).order_by(batch.c.batch_id)


def contents(connection: Connection, chunk_id: int) -> list[tuple[int, bytes]]:
    """(batch_id, bytes) of the chunk's waiting batches, ordered by batch."""
    query = (
        select(batch.c.batch_id, batch_content.c.content)
        .join(batch_content, batch_content.c.batch_id == batch.c.batch_id)
        .where(in_chunk(chunk_id, BatchState.WAITING))
        .order_by(batch.c.batch_id)
    )
    return [(row.batch_id, row.content) for row in connection.execute(query)]


# --- transitions: data in `rules.batch_states.TRANSITIONS`, one function each ------------------------


def hold(connection: Connection, batch_id: int, *, detail: str) -> bool:
    """A waiting batch waits for an operator, for the reason in `detail`; returns whether it was waiting."""
    return _move(connection, [batch_id], Transition.HOLD, reason="HELD", detail=detail) == 1


def release(connection: Connection, batch_id: int) -> bool:
    """An operator lets a held batch into the next run, past the held rules; returns whether it was held."""
    values = {"is_released": True, "reason": "", "detail": ""}
    return _move(connection, [batch_id], Transition.RELEASE, **values) == 1


def vouch(connection: Connection, batch_id: int) -> bool:
    """A contact vouches for the mail of a held batch; returns whether it was held.

    Not `is_released`: the contact vouches for the mail, not for what an operator would look at in the file.
    """
    return _move(connection, [batch_id], Transition.VOUCH, reason="", detail="") == 1


def refuse(connection: Connection, batch_id: int, *, reason: str, at: datetime) -> bool:
    """A held batch is refused for good; returns whether it was held."""
    values = {"reason": reason, "detail": "", "finished_at": at}
    return _move(connection, [batch_id], Transition.REFUSE, **values) == 1


def finish(connection: Connection, batch_ids: Sequence[int], *, at: datetime) -> int:
    """Waiting batches are worked and answered; returns how many were waiting."""
    return _move(connection, batch_ids, Transition.FINISH, finished_at=at)


def _move(connection: Connection, batch_ids: Sequence[int], transition: Transition, **values: Any) -> int:
    source, target = TRANSITIONS[transition]
    moved = 0
    for some in slices(batch_ids):
        moving = update(batch).where(batch.c.batch_id.in_(some), batch.c.state == source)
        moved += connection.execute(moving.values(state=target, **values)).rowcount
    return moved


def find(connection: Connection, batch_id: int) -> SentBatch | None:
    """One batch with the sender of the mail it came by, or None."""
    query = (
        select(*_BATCH, inbound_mail.c.sender)
        .outerjoin(inbound_mail, inbound_mail.c.inbound_mail_id == batch.c.inbound_mail_id)
        .where(batch.c.batch_id == batch_id)
    )
    row = connection.execute(query).one_or_none()
    return SentBatch(**{**row._mapping, "state": BatchState(row.state)}) if row else None


def unit_names(connection: Connection, batch_ids: Iterable[int]) -> dict[int, str]:
    """The name of each batch's unit, by the batch's id."""
    found: dict[int, str] = {}
    for some in slices(sorted(batch_ids)):
        query = (
            select(batch.c.batch_id, unit.c.unit_name)
            .join(unit, unit.c.unit_code == batch.c.unit_code)
            .where(batch.c.batch_id.in_(some))
        )
        found.update((row.batch_id, row.unit_name) for row in connection.execute(query))
    return found


def with_ids(connection: Connection, batch_ids: Sequence[int]) -> list[Batch]:
    """These batches, the oldest first."""
    found: list[Batch] = []
    for some in slices(batch_ids):
        query = select(*_BATCH).where(batch.c.batch_id.in_(some)).order_by(batch.c.batch_id)
        found += [_batch(row) for row in connection.execute(query)]
    return found


def newest(connection: Connection, *, state: BatchState | None, limit: int) -> list[Batch]:
    """The newest batches, for a person to look at."""
    query: Select[Any] = select(*_BATCH).order_by(batch.c.batch_id.desc()).limit(limit)
    if state is not None:
        query = query.where(batch.c.state == state)
    return [_batch(row) for row in connection.execute(query)]


def count_by_state(connection: Connection) -> Mapping[str, int]:
    """How many batches stand where."""
    query = select(batch.c.state, func.count().label("batches")).group_by(batch.c.state)
    return {row.state: row.batches for row in connection.execute(query)}


def _new_id(connection: Connection, statement: Any) -> int:
    return int(connection.execute(statement).scalar_one())
