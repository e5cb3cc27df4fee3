"""The question to a contact whether a file is theirs, with the link that frees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import Any

from mailers import letters
from mailers.letters import ReleaseLetter
from mailers.message import Heading
from pipeline.bulk.letters.batch_letters import BatchLetterWriter
from pipeline.bulk.queries.letters import LetterBatch
from pipeline.outbox.kinds import MailKind
from pipeline.outbox.letterhead import Letterhead
from pipeline.outbox.queries.messages import Message
from pipeline.outbox.rules import Priority
from pipeline.store.engine import Database


def release_letter(batch: LetterBatch, payload: Mapping[str, Any]) -> ReleaseLetter:
    """The letter about a file that only this contact or an operator can free."""
    return ReleaseLetter(
        file_name=batch.name,
        unit_code=batch.unit_code,
        received_on=batch.received_on.isoformat(),
        total=batch.row_count,
        link=payload["link"],
        valid_until=payload["valid_until"],
    )


def _writer(letterhead: Letterhead, database: Database) -> BatchLetterWriter:
    def compose(heading: Heading, message: Message, about: Sequence[LetterBatch]) -> EmailMessage:
        return letters.release(heading, release_letter(about[0], message.payload or {}))

    return BatchLetterWriter(letterhead, database, compose)


RELEASE = MailKind(name="release", priority=Priority.LETTER, writer=_writer, has_link=True)
