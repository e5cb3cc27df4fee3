"""Record files that came in, and owe each sender a word: a receipt, a refusal, or both in one letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pipeline.bulk.held_files import offer_release
from pipeline.bulk.intake.hand_in import HandIn, Submission
from pipeline.bulk.queries import batches, letters
from pipeline.bulk.queries.batches import NewBatch
from pipeline.bulk.queries.letters import Letter
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.bulk.rules.file_report import RowReport, RowsReport
from pipeline.clock import day_of, midnight
from pipeline.errors import ArgumentRefused
from pipeline.insured.queries import contacts
from pipeline.outbox.rules import MessageKind, MessageState
from pipeline.settings import Settings
from pipeline.store.engine import Connection
from validators import file_name

ROWS_IN_RECEIPT: Final = 50
REFUSALS_A_DAY: Final = 10  # to one address; what Mailman takes for its automatic answers
QUESTIONS_A_DAY: Final = 3  # whether a file is theirs; anybody may forge the mails that cause them
CAPPED: Final = "more than 10 refusals to this address today"


def record_hand_ins(
    connection: Connection,
    submissions: Sequence[Submission],
    settings: Settings,
    *,
    at: datetime,
    run_id: int | None,
    receipts: bool,
) -> None:
    """Record judged hand-ins as batches and queue what their senders are told; `batch_id` is set on each.

    Without `receipts` only refusals are told: the results of the night follow at once.
    """
    hand_ins = [seen for submission in submissions for seen in submission.hand_ins]
    silent = _silent(connection, hand_ins)
    _record(connection, submissions, at, run_id)
    batches.keep_form_checks(connection, [_form_check(seen, seen.form) for seen in hand_ins if seen.form])
    told = _letters(connection, submissions, settings, at, receipts, silent)
    letters.queue(connection, _capped(connection, list(told), settings, at), at=at)
    held = [seen for seen in hand_ins if seen.state is BatchState.HELD]
    if settings.staff_mail:
        notices = [Letter(MessageKind.HELD_NOTICE, settings.staff_mail, (seen.batch_id,)) for seen in held]
        letters.queue(connection, notices, at=at)
    unproved = [seen.batch_id for seen in held if seen.sender and not seen.sender.is_proved]
    _offer_releases(connection, unproved, settings, at)


def _offer_releases(connection: Connection, batch_ids: list[int], settings: Settings, at: datetime) -> None:
    """Ask the contact behind each of these files whether it is theirs; From may be forged: not too often."""
    for batch_id in batch_ids:
        try:
            offered = offer_release(connection, settings, batch_id, now=at)
        except ArgumentRefused:  # a contact of lately: only an operator decides
            continue
        since = _midnight(at)
        asked = letters.count_sent_today(connection, MessageKind.RELEASE, [offered.recipient], since=since)
        if asked.get(offered.recipient, 0) < QUESTIONS_A_DAY:
            payload = {"link": offered.link, "valid_until": offered.valid_until}
            question = Letter(MessageKind.RELEASE, offered.recipient, (batch_id,), payload)
            letters.queue(connection, [question], at=at)


def _record(
    connection: Connection, submissions: Sequence[Submission], at: datetime, run_id: int | None
) -> None:
    new = [
        (seen, _new_batch(seen, submission.inbound_mail_id, run_id))
        for submission in submissions
        for seen in submission.hand_ins
    ]
    for (seen, _), batch_id in zip(new, batches.record(connection, [batch for _, batch in new]), strict=True):
        seen.batch_id = batch_id
    batches.keep_contents(
        connection,
        [(seen.batch_id, seen.content) for seen, _ in new if seen.content is not None and not seen.refusal],
    )


def _new_batch(seen: HandIn, inbound_mail_id: int | None, run_id: int | None) -> NewBatch:
    opened, refusal = seen.opened, seen.refusal
    is_held = seen.hold and refusal is None
    return NewBatch(
        name=file_name.printable(seen.name),
        unit_code=seen.unit_code,
        file_date=seen.file_date,
        source=seen.source,
        sha256=seen.sha256,
        received_at=seen.received_at,
        received_on=seen.received_on,
        encoding=opened.encoding if opened else "",
        ignored_columns=opened.ignored_columns if opened else (),
        row_count=opened.row_count if opened else 0,
        state=seen.state,
        reason=refusal.code if refusal else "HELD" if is_held else "",
        detail=refusal.detail if refusal else seen.hold,
        run_id=run_id,
        consent=seen.consent,
        inbound_mail_id=inbound_mail_id,
    )


def _form_check(seen: HandIn, form: RowsReport) -> dict[str, Any]:
    faulty = [row for row in form.rows if row.faults]
    codes = dict.fromkeys(warned.fault.code for warned in form.warnings)
    warnings = [
        {"code": code, "rows": [w.row_number for w in form.warnings if w.fault.code == code]}
        for code in codes
    ]
    if seen.opened and seen.opened.ignored_columns:
        warnings.insert(0, {"code": "COLUMNS_IGNORED", "rows": []})
    if seen.file_date and file_name.is_old(seen.file_date, received_on=seen.received_on):
        warnings.insert(0, {"code": "FILE_DATE_OLD", "rows": []})
    return {
        "batch_id": seen.batch_id,
        "faulty_rows": form.counts.rejected,
        "shown": [_shown(row) for row in faulty[:ROWS_IN_RECEIPT]],
        "warnings": warnings,
    }


def _shown(row: RowReport) -> list[Any]:
    reason = "".join(fault.message for fault in row.faults)
    hint = "".join(fault.hint for fault in row.faults)
    return [row.row_number, row.line_number, row.masked_id, reason, hint]


def _silent(connection: Connection, hand_ins: Sequence[HandIn]) -> set[int]:
    """Duplicates whose sender was told so today already, by their place in memory."""
    told = {
        (old.unit_code, old.name, old.sha256, old.received_on)
        for old in batches.earlier_batches(connection, [seen.sha256 for seen in hand_ins])
        if old.reason == "FILE_DUPLICATE"
    }
    silent = set()
    for seen in hand_ins:
        if seen.refusal is not None and seen.refusal.code == "FILE_DUPLICATE":
            key = (*seen.identity, seen.received_on)
            if key in told:
                silent.add(id(seen))
            told.add(key)
    return silent


def _letters(
    connection: Connection,
    submissions: Sequence[Submission],
    settings: Settings,
    at: datetime,
    receipts: bool,
    silent: set[int],
) -> Iterator[Letter]:
    """One letter of each submission to each address that is told of any of its files."""
    units = {seen.unit_code for submission in submissions for seen in submission.hand_ins if seen.unit_code}
    today = day_of(at)
    of_unit = contacts.answered_at(connection, sorted(units), on=today, staff=settings.staff_mail)
    for submission in submissions:
        told: dict[str, list[HandIn]] = {}
        for seen in submission.hand_ins:
            if id(seen) not in silent and (receipts or seen.refusal is not None):
                for address in _told(seen, of_unit):
                    told.setdefault(address, []).append(seen)
        for address, files in told.items():
            yield _letter(submission, address, files)


def _told(seen: HandIn, of_unit: dict[str, list[str]]) -> list[str]:
    match seen.answered:
        case "unit":
            return of_unit[seen.unit_code]
        case "sender":
            return seen.sender.stored_addresses[:1] if seen.sender else []
        case "nobody":
            return []


def _letter(submission: Submission, address: str, files: list[HandIn]) -> Letter:
    is_refusal = all(seen.refusal is not None for seen in files)
    kind = MessageKind.REFUSAL if is_refusal else MessageKind.RECEIPT
    payload: dict[str, Any] = {
        # As it stands now: an operator may release or refuse a file before the letter is on its way.
        "held": [seen.batch_id for seen in files if seen.state is BatchState.HELD],
        "refused": [seen.batch_id for seen in files if seen.state is BatchState.REFUSED],
    }
    # What else lay in the mail is the sender's own business.
    if any(seen.sender and address in seen.sender.stored_addresses for seen in files):
        payload |= {"ignored": list(submission.ignored), "left_over": list(submission.left_over)}
    return Letter(kind, address, tuple(seen.batch_id for seen in files), payload)


def _capped(connection: Connection, wanted: list[Letter], settings: Settings, at: datetime) -> list[Letter]:
    """The letters, refusals beyond the day's number as suppressed: kept on record, and told to staff."""
    refused = [letter.recipient for letter in wanted if letter.kind is MessageKind.REFUSAL]
    given = letters.count_sent_today(connection, MessageKind.REFUSAL, refused, since=_midnight(at))
    return [_within(letter, given, settings.staff_mail) for letter in wanted]


def _within(letter: Letter, given: dict[str, int], staff: str) -> Letter:
    if letter.kind is not MessageKind.REFUSAL or letter.recipient == staff:
        return letter
    given[letter.recipient] = given.get(letter.recipient, 0) + 1
    if given[letter.recipient] <= REFUSALS_A_DAY:
        return letter
    return replace(letter, state=MessageState.SUPPRESSED, reply_text=CAPPED)


def _midnight(at: datetime) -> datetime:
    return midnight(day_of(at))
