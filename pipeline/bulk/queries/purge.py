"""Deletion of personal data whose time is over; counts stay."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, case, delete, or_, select, update

from pipeline.bulk.rules.batch_states import BatchState
from pipeline.outbox.rules import ENDED
from pipeline.store.tables import (
    batch,
    batch_content,
    form_check,
    hand_in,
    inbound_content,
    inbound_mail,
    letter_part,
    outbox_message,
    result_log,
    submission_row,
)

SETTLED = (BatchState.DONE, BatchState.REFUSED)


def purge_rows(connection: Connection, *, received_before: date) -> tuple[int, int]:
    """Delete stored rows, raw files and free texts of settled batches; return how many rows and files."""
    old = select(batch.c.batch_id).where(batch.c.received_on < received_before, batch.c.state.in_(SETTLED))
    rows = connection.execute(delete(submission_row).where(submission_row.c.batch_id.in_(old))).rowcount
    files = connection.execute(delete(batch_content).where(batch_content.c.batch_id.in_(old))).rowcount
    connection.execute(delete(hand_in).where(hand_in.c.batch_id.in_(old), hand_in.c.moved_at.is_not(None)))
    connection.execute(delete(form_check).where(form_check.c.batch_id.in_(old)))
    # A name that could not be read may hold anything, and a detail may quote a header.
    no_name = case((batch.c.file_date.is_(None), ""), else_=batch.c.name)
    settled = update(batch).where(batch.c.batch_id.in_(old))
    connection.execute(settled.values(name=no_name, detail="", ignored_columns=[]))
    return rows, files


def purge_mails(connection: Connection, *, recorded_before: datetime) -> int:
    """Delete raw mails and blank who sent them; return how many raw mails. Verdict and reason stay."""
    old = select(inbound_mail.c.inbound_mail_id).where(inbound_mail.c.recorded_at < recorded_before)
    raw = connection.execute(
        delete(inbound_content).where(inbound_content.c.inbound_mail_id.in_(old))
    ).rowcount
    connection.execute(
        update(inbound_mail)
        .where(
            inbound_mail.c.recorded_at < recorded_before,
            or_(inbound_mail.c.sender != "", inbound_mail.c.message_id != ""),
        )
        .values(sender="", message_id="")
    )
    return raw


def purge_letter_parts(connection: Connection, *, created_before: datetime) -> int:
    """Delete which batches old letters were about; returns how many parts."""
    ended = select(outbox_message.c.outbox_message_id).where(
        outbox_message.c.created_at < created_before, outbox_message.c.state.in_(ENDED)
    )
    return connection.execute(delete(letter_part).where(letter_part.c.outbox_message_id.in_(ended))).rowcount


def purge_logs(connection: Connection, *, received_before: date) -> int:
    """Blank the masked log lines of old batches; return how many logs. Their counts stay."""
    old = select(batch.c.batch_id).where(batch.c.received_on < received_before)
    blank = update(result_log).where(result_log.c.batch_id.in_(old), result_log.c.log != "")
    return connection.execute(blank.values(log="", annotated_csv="", warnings=[])).rowcount
