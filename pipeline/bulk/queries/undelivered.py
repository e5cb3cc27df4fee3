"""Success mails that did not reach their person: the next answer to their unit reports them, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, bindparam, select, text, update

from pipeline.bulk.queries.batches import Batch
from pipeline.store.slices import slices
from pipeline.store.tables import UNDELIVERED, batch, outbox_message, submission_row

_LOST: Final = select(outbox_message).where(text(UNDELIVERED)).subquery("lost")

_REPORT: Final = (
    update(outbox_message)
    .where(outbox_message.c.outbox_message_id == bindparam("message"))
    .values(reported_in_batch=bindparam("reported_in"))
)


def report_in(connection: Connection, answered: Sequence[Batch]) -> None:
    """Have each undelivered success mail that no answer reported yet reported by an answer of its unit."""
    reporting: dict[str, int] = {}
    for one in answered:
        reporting.setdefault(one.unit_code, one.batch_id)
    for some in slices(sorted(reporting)):
        query = (
            select(_LOST.c.outbox_message_id, batch.c.unit_code)
            .join(batch, batch.c.batch_id == _LOST.c.about_id)
            .where(_LOST.c.reported_in_batch.is_(None), batch.c.unit_code.in_(some))
        )
        values = [
            {"message": row.outbox_message_id, "reported_in": reporting[row.unit_code]}
            for row in connection.execute(query)
        ]
        if values:
            connection.execute(_REPORT, values)


@dataclass(frozen=True, slots=True)
class LostMail:
    """A success mail that did not arrive: the file and row it is about (masked ID empty once purged)."""

    file_name: str
    row_number: int
    masked_id: str
    state: str


def reported_in(connection: Connection, batch_ids: Sequence[int]) -> dict[int, list[LostMail]]:
    """The lost mails that each batch's answer reports, in the order of files and rows."""
    found: dict[int, list[LostMail]] = {}
    for some in slices(batch_ids):
        query = (
            select(
                _LOST.c.reported_in_batch,
                _LOST.c.state,
                batch.c.name,
                _LOST.c.about_part,
                submission_row.c.masked_id,
            )
            .join(batch, batch.c.batch_id == _LOST.c.about_id)
            .outerjoin(
                submission_row,
                and_(
                    submission_row.c.batch_id == _LOST.c.about_id,
                    submission_row.c.row_number == _LOST.c.about_part,
                ),
            )
            .where(_LOST.c.reported_in_batch.in_(some))
            .order_by(_LOST.c.about_id, _LOST.c.about_part)
        )
        for row in connection.execute(query):
            lost = LostMail(row.name, row.about_part, row.masked_id or "", row.state)
            found.setdefault(row.reported_in_batch, []).append(lost)
    return found
