"""What a letter says, from the rows of the database that it is about."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from mailers.letters import (
    AnswerLetter,
    DigestLetter,
    FileResult,
    HeldFile,
    HeldNotice,
    ReceiptLetter,
    ReceivedFile,
    RefusalLetter,
    RefusedFile,
    RefusedName,
    RejectedRow,
    ReleaseLetter,
    UnansweredMail,
    Undelivered,
    UnsentLetter,
    Warned,
    enclose,
)
from mailers.letters.rendering import unlinked
from mailers.message import text_file
from pipeline.bulk.rules.outcome import opening_line, refused_line
from pipeline.bulk.rules.result_log import STORED
from pipeline.bulk.rules.unanswered import sentence
from pipeline.clock import minute
from pipeline.outbox.rules import MessageKind
from validators.faults import WARNINGS, FileRefused

MOST_NUMBERS_SHOWN: Final = 20  # of rows that a warning is about
_WHY_UNDELIVERED: Final = {
    "bounced": (
        "收件伺服器退回，信箱可能不存在。",
        "The receiving server returned it: the address may be wrong.",
    ),
    "failed": ("48小時內重試多次仍未送達。", "It was not accepted within 48 hours."),
    "suppressed": ("此信箱近日曾被退信，暫停寄送。", "It was not sent: mail to this address bounced lately."),
    "unknown": ("48小時內未得到收件伺服器確認。", "Within 48 hours no server confirmed that it arrived."),
}
_WHAT: Final = {
    MessageKind.RECEIPT: "收件通知",
    MessageKind.ANSWER: "入檔記錄通知",
    MessageKind.REFUSAL: "整批不入檔通知",
}


def answer_letter(batches: Sequence[Any], logs: dict[int, Any], lost: dict[int, list[Any]]) -> AnswerLetter:
    """The answer about some batches, from their result logs and the success mails that did not arrive."""
    results = [_result(batch, logs[batch.batch_id], lost.get(batch.batch_id, [])) for batch in batches]
    files = [
        file
        for batch in batches
        for file in (
            text_file(f"{_stem(batch)}.log.txt", logs[batch.batch_id].log),
            text_file(f"{_stem(batch)}.annotated.csv", logs[batch.batch_id].annotated_csv, "text/csv"),
        )
    ]
    zip_name = f"{_stem(batches[0])}.zip" if len(batches) == 1 else "results.zip"
    return AnswerLetter(results, enclose(files, zip_name=zip_name))


def _result(batch: Any, log: Any, lost: list[Any]) -> FileResult:
    rejected = [
        RejectedRow(int(number), int(line), masked, reason, hint)
        for number, line, masked, result, reason, hint, _ in _table(log.annotated_csv)
        if number and result != STORED
    ]
    total = sum(log.outcomes.values())
    return FileResult(
        unit_code=batch.unit_code,
        unit_name=batch.unit_name or "",
        file_name=batch.name,
        received_on=batch.received_on.isoformat(),
        total=total,
        registered=total - len(rejected),
        rejected=rejected,
        log_lines=log.log.splitlines(),
        warnings=_warned(log.warnings, batch.ignored_columns),
        undelivered=[
            Undelivered(row.name, row.row_number, row.masked_id or "", *_WHY_UNDELIVERED[row.state])
            for row in lost
        ],
    )


def receipt_letter(batches: Sequence[Any], payload: dict[str, Any], *, begins_at: str) -> ReceiptLetter:
    """The word at once about the files of a mail or of the drop folder, as they stood when they came in."""
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


def _received(batch: Any, *, is_held: bool) -> ReceivedFile:
    return ReceivedFile(
        file_name=batch.name,
        unit_code=batch.unit_code,
        unit_name=batch.unit_name or "",
        received_on=batch.received_on.isoformat(),
        rows=batch.row_count,
        is_held=is_held,
        faulty_rows=batch.faulty_rows or 0,
        faulty=[RejectedRow(*row) for row in batch.shown or []],
        warnings=_warned(batch.form_warnings or [], batch.ignored_columns),
    )


def refusal_letter(batches: Sequence[Any], payload: dict[str, Any]) -> RefusalLetter:
    """The refusal of whole files."""
    return RefusalLetter(
        [_refused(batch) for batch in batches], payload.get("ignored", []), payload.get("left_over", [])
    )


def _refused(batch: Any) -> RefusedFile:
    refusal = FileRefused(batch.reason, unlinked(batch.detail))
    # Who is no contact of a unit learns nothing of it, not even its name.
    is_stranger = batch.reason == "SENDER_NOT_CONTACT"
    return RefusedFile(
        # Without a name stands the mail itself, or an attachment that has none.
        file_name=batch.name or ("（無檔名的附件）" if batch.reason == "FILE_NAME" else ""),
        unit_code="" if is_stranger else batch.unit_code,
        unit_name="" if is_stranger else batch.unit_name or "",
        received_on=batch.received_on.isoformat(),
        log_lines=[opening_line(batch.received_at), refused_line(batch.received_at, refusal.message)],
        hint=refusal.hint,
        hint_en=refusal.fault.hint_en,
    )


def release_letter(batch: Any, payload: dict[str, Any]) -> ReleaseLetter:
    """The word to a contact about a file that only this contact or an operator can free."""
    return ReleaseLetter(
        file_name=batch.name,
        unit_code=batch.unit_code,
        received_on=batch.received_on.isoformat(),
        total=batch.row_count,
        link=payload["link"],
        valid_until=payload["valid_until"],
    )


def held_notice(batch: Any) -> HeldNotice:
    """The word to staff about a held file."""
    return HeldNotice(
        batch_id=batch.batch_id,
        unit_code=batch.unit_code,
        unit_name=batch.unit_name or "",
        file_name=batch.name,
        received_on=batch.received_on.isoformat(),
        total=batch.row_count,
        reasons=[batch.detail],
    )


def digest_letter(
    *,
    day: str,
    mails: Sequence[Any],
    mails_total: int,
    files: Sequence[Any],
    unsent: Sequence[Any],
    states: dict[int, str],
    held: Sequence[Any],
) -> DigestLetter:
    """The day's digest to staff; `states` of the unsent letters as they were when the digest was queued."""
    return DigestLetter(
        day=day,
        mails=[
            UnansweredMail(
                _minute(mail.received_at), mail.sender, sentence(mail.reason), mail.attachments, mail.shelf
            )
            for mail in mails
        ],
        mails_total=mails_total,
        files=[RefusedName(file.name, FileRefused(file.reason).fault.message) for file in files],
        unsent=[
            UnsentLetter(
                f"{_WHAT[MessageKind(one.kind)]} {one.name}".rstrip(),
                one.unit_code,
                _why_unsent(one, states[one.outbox_message_id]),
            )
            for one in unsent
        ],
        held=[HeldFile(one.batch_id, one.unit_code, one.name, _minute(one.received_at)) for one in held],
    )


def _why_unsent(letter: Any, state: str) -> str:
    if (
        state == "suppressed"
        and letter.kind == MessageKind.REFUSAL
        and "refusals" in (letter.reply_text or "")
    ):
        return "當日寄給同一信箱的整批不入檔通知已達上限。"
    return _WHY_UNDELIVERED[state][0]


def _minute(at: datetime) -> str:
    return minute(at)


def _stem(batch: Any) -> str:
    return str(batch.name.rpartition(".")[0])


def _warned(warnings: Iterable[dict[str, Any]], ignored_columns: list[str]) -> list[Warned]:
    return [_one_warned(warning, ignored_columns) for warning in warnings]


def _one_warned(warning: dict[str, Any], ignored_columns: list[str]) -> Warned:
    fault = WARNINGS[warning["code"]]
    about = unlinked("、".join(ignored_columns)) if warning["code"] == "COLUMNS_IGNORED" else ""
    if warning["rows"]:
        shown = "、".join(str(row) for row in warning["rows"][:MOST_NUMBERS_SHOWN])
        about = f"第{shown}筆" + ("等" if len(warning["rows"]) > MOST_NUMBERS_SHOWN else "")
    return Warned(fault.message + (f"({about})" if about else ""), fault.hint)


def _table(annotated_csv: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(annotated_csv)))[1:]
