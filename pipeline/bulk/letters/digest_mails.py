"""The day's digest to operators: mails without an answer, refused files, letters that came back, held files.

A digest's payload holds ids and states, no names, so that a retry says the same whatever changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mailers import letters
from mailers.letters import DigestLetter, HeldFile, RefusedName, UnansweredMail, UnsentLetter
from pipeline.bulk.letters.answer_mails import ANSWER
from pipeline.bulk.letters.batch_letters import WHY_UNDELIVERED
from pipeline.bulk.letters.receipt_mails import RECEIPT, REFUSAL
from pipeline.bulk.queries import batches, digest
from pipeline.bulk.queries.batches import Batch
from pipeline.bulk.queries.digest import LostLetter, UnansweredRow
from pipeline.bulk.queries.letters import Letter
from pipeline.bulk.queries.letters import queue as queue_letters
from pipeline.bulk.rules.refusals import refusal_of
from pipeline.bulk.rules.unanswered import sentence
from pipeline.clock import day_of, minute
from pipeline.outbox.kinds import MailKind
from pipeline.outbox.letterhead import Letterhead
from pipeline.outbox.queries.messages import Message
from pipeline.outbox.rules import Priority
from pipeline.settings import Settings
from pipeline.store.engine import Connection, Database, Work

_NAMES: Final = {RECEIPT.name: "收件通知", ANSWER.name: "入檔記錄通知", REFUSAL.name: "整批不入檔通知"}


def queue_digest(database: Database, settings: Settings, *, at: datetime) -> bool:
    """Queue at most one digest a Taipei day, of what came in since the last; returns whether one was queued.

    Safe to run twice and in two processes. Without STAFF_MAIL there is no receiver, and none is queued.

    Raises:
        MachineUnusable: the database is away.
    """
    if not settings.staff_mail:
        return False
    with database.transaction(alone=Work.COLLECT) as connection:
        last = digest.latest(connection, DIGEST.name)
        if last and day_of(last.created_at) == day_of(at):
            return False
        since = at - timedelta(days=settings.retention_days)  # what is older was purged in part
        payload = _payload(connection, (last.payload if last else None) or _beginning(connection, since), at)
        if not _has_news(connection, payload):
            return False
        queue_letters(connection, [Letter(DIGEST, settings.staff_mail, payload=payload)], at=at)
    return True


def _beginning(connection: Connection, since: datetime) -> dict[str, Any]:
    mail, batch = digest.ids_before(connection, recorded_before=since)
    return {"last_mail": mail, "last_batch": batch}


def _payload(connection: Connection, last: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    newest_mail, newest_batch = digest.newest_ids(connection)
    return {
        "after_mail": last["last_mail"],
        "last_mail": newest_mail,
        "after_batch": last["last_batch"],
        "last_batch": newest_batch,
        "letters": digest.take_undelivered_letters(connection, list(_NAMES), at=at),
        "held": digest.held_batch_ids(connection),
    }


def _has_news(connection: Connection, payload: Mapping[str, Any]) -> bool:
    return bool(
        payload["letters"]
        or payload["held"]
        or digest.count_unanswered(connection, after=payload["after_mail"], up_to=payload["last_mail"])
        or digest.refusals_without_letter(
            connection, after=payload["after_batch"], up_to=payload["last_batch"]
        )
    )


def digest_letter(
    *,
    day: str,
    mails: Sequence[UnansweredRow],
    mails_total: int,
    files: Sequence[Batch],
    unsent: Sequence[LostLetter],
    states: Mapping[int, str],
    held: Sequence[Batch],
) -> DigestLetter:
    """The day's digest; `states` of the unsent letters as they were when the digest was queued."""
    return DigestLetter(
        day=day,
        mails=[
            UnansweredMail(
                minute(mail.received_at), mail.sender, sentence(mail.reason), mail.attachments, mail.shelf
            )
            for mail in mails
        ],
        mails_total=mails_total,
        files=[RefusedName(file.name, refusal_of(file.reason).fault.message) for file in files],
        unsent=[
            UnsentLetter(
                f"{_NAMES[one.kind]} {one.name}".rstrip(),
                one.unit_code,
                _why_unsent(one, states[one.outbox_message_id]),
            )
            for one in unsent
        ],
        held=[HeldFile(one.batch_id, one.unit_code, one.name, minute(one.received_at)) for one in held],
    )


def _why_unsent(letter: LostLetter, state: str) -> str:
    if state == "suppressed" and letter.kind == REFUSAL.name and "refusals" in letter.reply_text:
        return "當日寄給同一信箱的整批不入檔通知已達上限。"
    return WHY_UNDELIVERED[state][0]


class DigestWriter:
    """Writes a digest from the ids of its payload."""

    def __init__(self, letterhead: Letterhead, database: Database) -> None:
        self._letterhead = letterhead
        self._database = database

    def load(self, messages: Sequence[Message]) -> None:
        """There is one digest a day: `write` reads for itself."""

    def write(self, message: Message) -> bytes:
        """The whole digest."""
        payload = message.payload or {}
        mails = {"after": payload["after_mail"], "up_to": payload["last_mail"]}
        with self._database.reading() as connection:
            letter = digest_letter(
                day=day_of(message.created_at).isoformat(),
                mails=digest.unanswered_mails(connection, **mails),
                mails_total=digest.count_unanswered(connection, **mails),
                files=digest.refusals_without_letter(
                    connection, after=payload["after_batch"], up_to=payload["last_batch"]
                ),
                unsent=digest.lost_letters(connection, [number for number, _ in payload["letters"]]),
                states=dict(payload["letters"]),
                held=batches.with_ids(connection, payload["held"]),
            )
        return letters.digest(self._letterhead.heading(message), letter).as_bytes()


# The payload says where the next digest begins, and names no person.
DIGEST = MailKind(name="digest", priority=Priority.LETTER, writer=DigestWriter, keeps_payload=True)
