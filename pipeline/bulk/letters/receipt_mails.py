"""The receipt for files that came in, and the refusal of whole files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import Any

from mailers import letters
from mailers.letters import ReceiptLetter, ReceivedFile, RefusalLetter, RefusedFile, RejectedRow
from mailers.letters.rendering import unlinked
from mailers.message import Heading
from pipeline.bulk.letters.batch_letters import BatchLetterWriter, warned
from pipeline.bulk.queries.letters import LetterBatch
from pipeline.bulk.rules.night_time import next_night
from pipeline.bulk.rules.outcome import opening_line, refused_line
from pipeline.bulk.rules.refusals import HandInCode, refusal_of
from pipeline.outbox.kinds import MailKind
from pipeline.outbox.letterhead import Letterhead
from pipeline.outbox.queries.messages import Message
from pipeline.outbox.rules import Priority
from pipeline.store.engine import Database
from validators.codes import FileCode


def receipt_letter(
    batches: Sequence[LetterBatch], payload: Mapping[str, Any], *, begins_at: str
) -> ReceiptLetter:
    """The receipt for the files of a mail or of the drop folder, as they stood when they came in."""
    held, refused = set(payload["held"]), set(payload["refused"])
    return ReceiptLetter(
        received=[
            _received(batch, is_held=batch.batch_id in held)
            for batch in batches
            if batch.batch_id not in refused
        ],
        refused=[_refused(batch) for batch in batches if batch.batch_id in refused],
        ignored=payload.get("ignored", []),
        left_over=payload.get("left_over", []),
        begins_at=begins_at,
    )


def refusal_letter(batches: Sequence[LetterBatch], payload: Mapping[str, Any]) -> RefusalLetter:
    """The refusal of whole files."""
    return RefusalLetter(
        [_refused(batch) for batch in batches], payload.get("ignored", []), payload.get("left_over", [])
    )


def _received(batch: LetterBatch, *, is_held: bool) -> ReceivedFile:
    return ReceivedFile(
        file_name=batch.name,
        unit_code=batch.unit_code,
        unit_name=batch.unit_name,
        received_on=batch.received_on.isoformat(),
        rows=batch.row_count,
        is_held=is_held,
        faulty_rows=batch.faulty_rows,
        faulty=[RejectedRow(*row) for row in batch.shown],
        warnings=warned(batch.form_warnings, batch.ignored_columns),
    )


def _refused(batch: LetterBatch) -> RefusedFile:
    refusal = refusal_of(batch.reason, unlinked(batch.detail))
    # The answer to a sender who is no contact of the unit names neither the unit nor its code.
    is_stranger = batch.reason == HandInCode.SENDER_NOT_CONTACT
    return RefusedFile(
        # Without a name stands the mail itself, or an attachment that has none.
        file_name=batch.name or ("（無檔名的附件）" if batch.reason == FileCode.FILE_NAME else ""),
        unit_code="" if is_stranger else batch.unit_code,
        unit_name="" if is_stranger else batch.unit_name,
        received_on=batch.received_on.isoformat(),
        log_lines=[opening_line(batch.received_at), refused_line(batch.received_at, refusal.message)],
        hint=refusal.hint,
        hint_en=refusal.fault.hint_en,
    )


def _receipt_writer(letterhead: Letterhead, database: Database) -> BatchLetterWriter:
    def compose(heading: Heading, message: Message, about: Sequence[LetterBatch]) -> EmailMessage:
        begins_at = next_night(letterhead.settings.nightly_cron, after=message.created_at)
        return letters.receipt(heading, receipt_letter(about, message.payload or {}, begins_at=begins_at))

    return BatchLetterWriter(letterhead, database, compose)


def _refusal_writer(letterhead: Letterhead, database: Database) -> BatchLetterWriter:
    def compose(heading: Heading, message: Message, about: Sequence[LetterBatch]) -> EmailMessage:
        return letters.refusal(heading, refusal_letter(about, message.payload or {}))

    return BatchLetterWriter(letterhead, database, compose)


RECEIPT = MailKind(name="receipt", priority=Priority.LETTER, writer=_receipt_writer)
REFUSAL = MailKind(name="refusal", priority=Priority.LETTER, writer=_refusal_writer)
