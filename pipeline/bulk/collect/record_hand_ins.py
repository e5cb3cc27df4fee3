"""Record files that came in, and queue a receipt or a refusal for each sender."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from pipeline.bulk.collect.judge_hand_ins import check_forms
from pipeline.bulk.held_files import offer_release
from pipeline.bulk.intake.hand_in import JudgedHandIn, Submission
from pipeline.bulk.letters.held_mails import HELD_NOTICE
from pipeline.bulk.letters.receipt_mails import RECEIPT, REFUSAL
from pipeline.bulk.letters.release_mails import RELEASE
from pipeline.bulk.queries import batches, letters
from pipeline.bulk.queries.batches import NewBatch
from pipeline.bulk.queries.letters import Letter
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.bulk.rules.file_report import RowReport, RowsReport
from pipeline.bulk.rules.refusals import HandInCode
from pipeline.clock import day_of, midnight
from pipeline.errors import ArgumentRefused
from pipeline.insured.queries import contacts
from pipeline.outbox.queries.messages import count_queued
from pipeline.outbox.rules import MessageState
from pipeline.settings import Settings
from pipeline.store.engine import Connection
from validators import file_name
from validators.codes import WarningCode

ROWS_IN_RECEIPT: Final = 50
REFUSALS_A_DAY: Final = 10  # to one address; what Mailman takes for its automatic answers
QUESTIONS_A_DAY: Final = 3  # whether a file is theirs; the mails that cause them may be forged
CAPPED: Final = "more than 10 refusals to this address today"


@dataclass(frozen=True, slots=True)
class _RecordedFile:
    """A file and the batch that it became. `is_silent`: its sender had the same answer today."""

    file: JudgedHandIn
    batch_id: int
    is_silent: bool


def record_hand_ins(
    connection: Connection,
    submissions: Sequence[Submission],
    settings: Settings,
    *,
    at: datetime,
    run_id: int | None,
    receipts: bool,
) -> list[int]:
    """Record judged files as batches and queue the letters to their senders.

    Without `receipts` only refusals are answered: the results of the night follow at once. Returns the
    batches' ids in the order of submissions and files.
    """
    files = [file for submission in submissions for file in submission.files]
    silent = _silent(connection, files)
    ids = _record(connection, submissions, at, run_id)
    recorded = [
        _RecordedFile(file, batch_id, is_silent)
        for file, batch_id, is_silent in zip(files, ids, silent, strict=True)
    ]
    if receipts:
        forms = check_forms(files)
        batches.keep_form_checks(
            connection, [_form_check(recorded[place], form) for place, form in forms.items()]
        )
    wanted = list(_letters(connection, submissions, recorded, settings, at, receipts))
    letters.queue(connection, _capped(connection, wanted, settings.staff_mail, at), at=at)
    held = [one for one in recorded if one.file.state is BatchState.HELD]
    if settings.staff_mail:
        notices = [Letter(HELD_NOTICE, settings.staff_mail, (one.batch_id,)) for one in held]
        letters.queue(connection, notices, at=at)
    for one in held:
        sender = one.file.hand_in.sender
        if sender is not None and not sender.is_proved:
            _ask_contact(connection, one.batch_id, settings, at)
    return ids


def _ask_contact(connection: Connection, batch_id: int, settings: Settings, at: datetime) -> None:
    """Ask the contact behind a mail whether the file is theirs; From may be forged, so not too often."""
    try:
        offered = offer_release(connection, settings, batch_id, now=at)
    except ArgumentRefused:  # a contact who joined lately: only an operator decides
        return
    asked = count_queued(connection, RELEASE.name, [offered.recipient], since=midnight(day_of(at)))
    if asked.get(offered.recipient, 0) < QUESTIONS_A_DAY:
        payload = {"link": offered.link, "valid_until": offered.valid_until}
        letters.queue(connection, [Letter(RELEASE, offered.recipient, (batch_id,), payload)], at=at)


def _record(
    connection: Connection, submissions: Sequence[Submission], at: datetime, run_id: int | None
) -> list[int]:
    new = [
        (file, _new_batch(file, submission.inbound_mail_id, run_id))
        for submission in submissions
        for file in submission.files
    ]
    ids = batches.record(connection, [batch for _, batch in new])
    contents = [
        (batch_id, file.hand_in.content)
        for (file, _), batch_id in zip(new, ids, strict=True)
        if file.hand_in.content is not None and file.refusal is None
    ]
    batches.keep_contents(connection, contents)
    return ids


def _new_batch(file: JudgedHandIn, inbound_mail_id: int | None, run_id: int | None) -> NewBatch:
    hand_in, opened, refusal = file.hand_in, file.opened, file.refusal
    is_held = file.state is BatchState.HELD
    return NewBatch(
        name=file_name.printable(hand_in.name),
        unit_code=file.unit_code,
        file_date=file.file_date,
        source=hand_in.source,
        sha256=hand_in.sha256,
        received_at=hand_in.received_at,
        received_on=hand_in.received_on,
        encoding=opened.encoding if opened else "",
        ignored_columns=opened.ignored_columns if opened else (),
        row_count=opened.row_count if opened else 0,
        state=file.state,
        reason=refusal.code if refusal else "HELD" if is_held else "",
        detail=refusal.detail if refusal else file.hold or "",
        run_id=run_id,
        consent=file.consent,
        inbound_mail_id=inbound_mail_id,
    )


def _form_check(recorded: _RecordedFile, form: RowsReport) -> dict[str, Any]:
    file = recorded.file
    faulty = [row for row in form.rows if row.faults]
    codes = dict.fromkeys(warned.fault.code for warned in form.warnings)
    warnings = [
        {"code": code, "rows": [w.row_number for w in form.warnings if w.fault.code == code]}
        for code in codes
    ]
    if file.opened and file.opened.ignored_columns:
        warnings.insert(0, {"code": WarningCode.COLUMNS_IGNORED, "rows": []})
    if file.file_date and file_name.is_old(file.file_date, received_on=file.hand_in.received_on):
        warnings.insert(0, {"code": WarningCode.FILE_DATE_OLD, "rows": []})
    return {
        "batch_id": recorded.batch_id,
        "faulty_rows": form.counts.rejected,
        "shown": [_shown(row) for row in faulty[:ROWS_IN_RECEIPT]],
        "warnings": warnings,
    }


def _shown(row: RowReport) -> list[Any]:
    reason = "".join(fault.message for fault in row.faults)
    hint = "".join(fault.hint for fault in row.faults)
    return [row.row_number, row.line_number, row.masked_id, reason, hint]


def _silent(connection: Connection, files: Sequence[JudgedHandIn]) -> list[bool]:
    """Which files are duplicates whose sender was answered so today already."""
    answered = {
        (old.unit_code, old.name, old.sha256, old.received_on)
        for old in batches.earlier_batches(connection, [file.hand_in.sha256 for file in files])
        if old.reason == HandInCode.FILE_DUPLICATE
    }
    silent = []
    for file in files:
        key = (*file.identity, file.hand_in.received_on)
        is_duplicate = file.refusal is not None and file.refusal.code == HandInCode.FILE_DUPLICATE
        silent.append(is_duplicate and key in answered)
        if is_duplicate:
            answered.add(key)
    return silent


def _letters(
    connection: Connection,
    submissions: Sequence[Submission],
    recorded: Sequence[_RecordedFile],
    settings: Settings,
    at: datetime,
    receipts: bool,
) -> Iterator[Letter]:
    """One letter of each submission to each address that is answered about any of its files."""
    units = {one.file.unit_code for one in recorded if one.file.unit_code}
    of_unit = contacts.answered_at(connection, sorted(units), on=day_of(at), staff=settings.staff_mail)
    remaining = iter(recorded)
    for submission in submissions:
        by_address: dict[str, list[_RecordedFile]] = {}
        for one in (next(remaining) for _ in submission.files):
            if not one.is_silent and (receipts or one.file.refusal is not None):
                for address in _receivers(one.file, of_unit):
                    by_address.setdefault(address, []).append(one)
        for address, some in by_address.items():
            yield _letter(submission, address, some)


def _receivers(file: JudgedHandIn, of_unit: dict[str, list[str]]) -> list[str]:
    match file.receiver:
        case "unit":
            return of_unit[file.unit_code]
        case "sender":
            return file.hand_in.sender.stored_addresses[:1] if file.hand_in.sender else []
        case "operators":
            return []


def _letter(submission: Submission, address: str, files: list[_RecordedFile]) -> Letter:
    is_refusal = all(one.file.refusal is not None for one in files)
    payload: dict[str, Any] = {
        # As it stands now: an operator may release or refuse a file before the letter is on its way.
        "held": [one.batch_id for one in files if one.file.state is BatchState.HELD],
        "refused": [one.batch_id for one in files if one.file.state is BatchState.REFUSED],
    }
    # What else lay in the mail is the sender's own business.
    senders = [one.file.hand_in.sender for one in files]
    if any(sender and address in sender.stored_addresses for sender in senders):
        payload |= {"ignored": list(submission.ignored), "left_over": list(submission.left_over)}
    kind = REFUSAL if is_refusal else RECEIPT
    return Letter(kind, address, tuple(one.batch_id for one in files), payload)


def _capped(connection: Connection, wanted: list[Letter], staff: str, at: datetime) -> list[Letter]:
    """The letters, refusals beyond the day's number as suppressed: kept, and reported to operators."""
    refused = [letter.recipient for letter in wanted if letter.kind is REFUSAL]
    given = count_queued(connection, REFUSAL.name, refused, since=midnight(day_of(at)))
    return [_within(letter, given, staff) for letter in wanted]


def _within(letter: Letter, given: dict[str, int], staff: str) -> Letter:
    if letter.kind is not REFUSAL or letter.recipient == staff:
        return letter
    given[letter.recipient] = given.get(letter.recipient, 0) + 1
    if given[letter.recipient] <= REFUSALS_A_DAY:
        return letter
    return replace(letter, state=MessageState.SUPPRESSED, reply_text=CAPPED)
