"""The answer to a unit's contacts: what became of a run's files, all that concern one address in one mail."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage

from mailers import letters
from mailers.letters import AnswerLetter, FileResult, RejectedRow, Undelivered, enclose
from mailers.message import Heading, text_file
from pipeline.bulk.letters.batch_letters import WHY_UNDELIVERED, BatchLetterWriter, file_stem, warned
from pipeline.bulk.queries import letters as stored
from pipeline.bulk.queries import results, undelivered
from pipeline.bulk.queries.letters import LetterBatch
from pipeline.bulk.queries.results import StoredLog
from pipeline.bulk.queries.undelivered import LostMail
from pipeline.bulk.rules.result_log import STORED
from pipeline.outbox.kinds import MailKind
from pipeline.outbox.letterhead import Letterhead
from pipeline.outbox.queries.messages import Message
from pipeline.outbox.rules import Priority
from pipeline.store.engine import Database, Work


def queue_answers(database: Database, *, at: datetime, run_id: int | None = None) -> int:
    """Queue the answers of ended runs, and of all up to `run_id`, which is through; returns how many letters.

    Safe to run twice and in two processes: an answer goes into one letter to an address.

    Raises:
        MachineUnusable: the database is away; what is owed stays owed.
    """
    with database.transaction(alone=Work.ANSWER) as connection:
        return stored.queue_owed_answers(connection, ANSWER, at=at, run_id=run_id)


def answer_letter(
    batches: Sequence[LetterBatch], logs: Mapping[int, StoredLog], lost: Mapping[int, Sequence[LostMail]]
) -> AnswerLetter:
    """The answer about some batches, from their result logs and the success mails that did not arrive."""
    results = [_result(batch, logs[batch.batch_id], lost.get(batch.batch_id, ())) for batch in batches]
    files = [
        file
        for batch in batches
        for file in (
            text_file(f"{file_stem(batch)}.log.txt", logs[batch.batch_id].log),
            text_file(f"{file_stem(batch)}.annotated.csv", logs[batch.batch_id].annotated_csv, "text/csv"),
        )
    ]
    zip_name = f"{file_stem(batches[0])}.zip" if len(batches) == 1 else "results.zip"
    return AnswerLetter(results, enclose(files, zip_name=zip_name))


def _result(batch: LetterBatch, log: StoredLog, lost: Sequence[LostMail]) -> FileResult:
    rejected = [
        RejectedRow(int(number), int(line), masked, reason, hint)
        for number, line, masked, result, reason, hint, _ in _table(log.annotated_csv)
        if number and result != STORED
    ]
    total = sum(log.outcomes.values())
    return FileResult(
        unit_code=batch.unit_code,
        unit_name=batch.unit_name,
        file_name=batch.name,
        received_on=batch.received_on.isoformat(),
        total=total,
        registered=total - len(rejected),
        rejected=rejected,
        log_lines=log.log.splitlines(),
        warnings=warned(log.warnings, batch.ignored_columns),
        undelivered=[
            Undelivered(mail.file_name, mail.row_number, mail.masked_id, *WHY_UNDELIVERED[mail.state])
            for mail in lost
        ],
    )


def _table(annotated_csv: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(annotated_csv)))[1:]


def _writer(letterhead: Letterhead, database: Database) -> BatchLetterWriter:
    def compose(heading: Heading, message: Message, about: Sequence[LetterBatch]) -> EmailMessage:
        ids = [batch.batch_id for batch in about]
        with database.reading() as connection:  # a letter at a time: logs are large
            logs = results.of_batches(connection, ids)
            lost = undelivered.reported_in(connection, ids)
        return letters.answer(heading, answer_letter(about, logs, lost))

    return BatchLetterWriter(letterhead, database, compose)


ANSWER = MailKind(name="answer", priority=Priority.LETTER, writer=_writer)
