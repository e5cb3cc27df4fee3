"""Success mails that did not reach their person: their unit is told in its next answer, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, select, text, update

from pipeline.store.slices import slices
from pipeline.store.tables import UNDELIVERED, batch, outbox_message, submission_row

_LOST: Final = select(outbox_message).where(text(UNDELIVERED)).subquery("lost")

_TELL: Final = (
    update(outbox_message)
    .where(outbox_message.c.outbox_message_id == bindparam("message"))
    .values(told_in_batch=bindparam("told_in"))
)


def tell(connection: Connection, judged: Sequence[Any]) -> None:
    """Give each undelivered success mail that nobody was told of to an answer of the same unit."""
    telling: dict[str, int] = {}
    for answered in judged:
        telling.setdefault(answered.unit_code, answered.batch_id)
    for some in slices(sorted(telling)):
        query = (
            select(_LOST.c.outbox_message_id, batch.c.unit_code)
            .join(batch, batch.c.batch_id == _LOST.c.batch_id)
            .where(_LOST.c.told_in_batch.is_(None), batch.c.unit_code.in_(some))
        )
        values = [
            {"message": row.outbox_message_id, "told_in": telling[row.unit_code]}
            for row in connection.execute(query)
        ]
        if values:
            connection.execute(_TELL, values)


def told_in(connection: Connection, batch_ids: Sequence[int]) -> dict[int, list[Any]]:
    """What each batch's answer tells: rows of name, row_number, masked_id, state, in order."""
    found: dict[int, list[Any]] = {}
    for some in slices(batch_ids):
        query = (
            select(
                _LOST.c.told_in_batch,
                _LOST.c.state,
                batch.c.name,
                _LOST.c.row_number,
                submission_row.c.masked_id,
            )
            .join(batch, batch.c.batch_id == _LOST.c.batch_id)
            .outerjoin(
                submission_row,
                and_(
                    submission_row.c.batch_id == _LOST.c.batch_id,
                    submission_row.c.row_number == _LOST.c.row_number,
                ),
            )
            .where(_LOST.c.told_in_batch.in_(some))
            .order_by(_LOST.c.batch_id, _LOST.c.row_number)
        )
        for row in connection.execute(query):
            found.setdefault(row.told_in_batch, []).append(row)
    return found
