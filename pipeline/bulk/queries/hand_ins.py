"""Files of the drop folder: what makes one the same hand-in, and whether it was moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from pipeline.bulk.rules.batch_states import BatchState
from pipeline.store.slices import slices
from pipeline.store.tables import batch, hand_in


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """What makes a file of the drop folder the same hand-in: path, size in bytes, mtime and SHA-256."""

    path: str
    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class KnownHandIn:
    """A hand-in that is recorded while its file may still lie in the folder; `state` is its batch's."""

    hand_in_id: int
    batch_id: int
    state: BatchState
    reason: str
    detail: str


def not_moved(connection: Connection) -> dict[FileIdentity, KnownHandIn]:
    """Hand-ins that are recorded while their file may still lie in the folder."""
    query = (
        select(hand_in, batch.c.state, batch.c.reason, batch.c.detail)
        .join(batch, batch.c.batch_id == hand_in.c.batch_id)
        .where(hand_in.c.moved_at.is_(None))
    )
    return {
        FileIdentity(row.path, row.size, int(row.mtime_ns), row.sha256): KnownHandIn(
            row.hand_in_id, row.batch_id, BatchState(row.state), row.reason, row.detail
        )
        for row in connection.execute(query)
    }


def record(connection: Connection, seen: Sequence[tuple[int, FileIdentity]]) -> list[int]:
    """Record the drop folder's files behind these batches; return the hand-ins' ids in the same order."""
    if not seen:
        return []
    values = [
        asdict(identity) | {"mtime_ns": str(identity.mtime_ns), "batch_id": batch_id}
        for batch_id, identity in seen
    ]
    recording = insert(hand_in).returning(hand_in.c.hand_in_id, sort_by_parameter_order=True)
    return [int(hand_in_id) for hand_in_id in connection.scalars(recording, values)]


def mark_moved(connection: Connection, hand_in_ids: Sequence[int], *, at: datetime) -> None:
    """The originals of these hand-ins lie where they belong."""
    for some in slices(hand_in_ids):
        connection.execute(update(hand_in).where(hand_in.c.hand_in_id.in_(some)).values(moved_at=at))
