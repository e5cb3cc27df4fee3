"""Deletion of personal data whose time is over; counts stay."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, String, cast, delete, literal, select, update

from pipeline.model.batch import BatchState
from pipeline.model.message import MessageState
from pipeline.store.tables import batch, batch_content, outbox_message, result_log, submission_row

SETTLED = (BatchState.DONE, BatchState.REFUSED)
ENDED = (MessageState.SENT, MessageState.BOUNCED, MessageState.FAILED)


def purge_rows(connection: Connection, *, received_before: date) -> tuple[int, int]:
    """Delete staged rows and raw files of settled batches; return how many of each."""
    old = select(batch.c.batch_id).where(batch.c.received_on < received_before, batch.c.state.in_(SETTLED))
    rows = connection.execute(delete(submission_row).where(submission_row.c.batch_id.in_(old))).rowcount
    files = connection.execute(delete(batch_content).where(batch_content.c.batch_id.in_(old))).rowcount
    return rows, files


def purge_recipients(connection: Connection, *, created_before: datetime) -> int:
    """Blank the addresses of mails that are through; return how many. The row stays for the counts."""
    blank = literal("purged-") + cast(outbox_message.c.outbox_message_id, String)
    ended = update(outbox_message).where(
        outbox_message.c.created_at < created_before,
        outbox_message.c.state.in_(ENDED),
        outbox_message.c.recipient != blank,
    )
    return connection.execute(ended.values(recipient=blank, reply_text=None)).rowcount


def purge_logs(connection: Connection, *, received_before: date) -> int:
    """Blank the masked log lines of old batches; return how many logs. Their counts stay."""
    old = select(batch.c.batch_id).where(batch.c.received_on < received_before)
    blank = update(result_log).where(result_log.c.batch_id.in_(old), result_log.c.log != "")
    return connection.execute(blank.values(log="", annotated_csv="", warnings=[])).rowcount
