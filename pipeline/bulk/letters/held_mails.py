"""The notice to operators that a file is held."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage

from mailers import letters
from mailers.letters import HeldNotice
from mailers.message import Heading
from pipeline.bulk.letters.batch_letters import BatchLetterWriter
from pipeline.bulk.queries.letters import LetterBatch
from pipeline.outbox.kinds import MailKind
from pipeline.outbox.letterhead import Letterhead
from pipeline.outbox.queries.messages import Message
from pipeline.outbox.rules import Priority
from pipeline.store.engine import Database


def held_notice(batch: LetterBatch) -> HeldNotice:
    """The notice about one held file."""
    return HeldNotice(
        batch_id=batch.batch_id,
        unit_code=batch.unit_code,
        unit_name=batch.unit_name,
        file_name=batch.name,
        received_on=batch.received_on.isoformat(),
        total=batch.row_count,
        reasons=[batch.detail],
    )


def _writer(letterhead: Letterhead, database: Database) -> BatchLetterWriter:
    def compose(heading: Heading, message: Message, about: Sequence[LetterBatch]) -> EmailMessage:
        return letters.held_notice(heading, held_notice(about[0]))

    return BatchLetterWriter(letterhead, database, compose, is_answer=False)


HELD_NOTICE = MailKind(name="held_notice", priority=Priority.LETTER, writer=_writer)
