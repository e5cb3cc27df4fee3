"""Judge files that came in: the first refusal of docs/rules.md 1 that applies, and what holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Final

from pipeline.bulk.check.report_rows import report_rows, with_duplicates
from pipeline.bulk.intake.employer_file.opening import (
    FileLimits,
    FileRows,
    OpenedFile,
    build_frame,
    open_rows,
)
from pipeline.bulk.intake.hand_in import HandIn, JudgedHandIn, MailSender
from pipeline.bulk.queries import batches, declarations
from pipeline.bulk.rules.consent import Consent
from pipeline.bulk.rules.file_faults import (
    NamedFile,
    duplicate_refusal,
    read_name,
    size_refusal,
    unit_refusal,
)
from pipeline.bulk.rules.file_findings import FileFindings
from pipeline.bulk.rules.file_report import RowsReport
from pipeline.bulk.rules.held import hold_sender_reason
from pipeline.bulk.rules.refusals import HandInCode, refusal_of
from pipeline.insured.queries import units
from pipeline.store.engine import Connection
from pipeline.store.slices import groups
from validators.employer_csv import judge_rows
from validators.faults import FileRefused

ROWS_PER_FRAME: Final = 100_000


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database knows of these files' units and contents, and what every file is judged by."""

    closed_on: Mapping[str, date | None]
    declared: set[str]
    received: dict[tuple[str, str, str], datetime]
    limits: FileLimits
    requires_consent: bool


def judge_hand_ins(
    connection: Connection, hand_ins: Sequence[HandIn], *, limits: FileLimits, requires_consent: bool
) -> list[JudgedHandIn]:
    """Decide on each file, in the order given: of two equal ones the second is a duplicate.

    Raises:
        MachineUnusable: the database is away.
    """
    named = [_named(hand_in) for hand_in in hand_ins]
    codes = [name.unit_code for name in named]
    known = _Known(
        closed_on=units.closed_on(connection, codes),
        declared=declarations.of_units(connection, codes),
        received=batches.received_before(connection, [hand_in.sha256 for hand_in in hand_ins]),
        limits=limits,
        requires_consent=requires_consent,
    )
    return [_judge(hand_in, name, known) for hand_in, name in zip(hand_ins, named, strict=True)]


def _named(hand_in: HandIn) -> NamedFile:
    if hand_in.refusal is not None:
        return NamedFile("", None, None)
    return read_name(hand_in.name, received_on=hand_in.received_on)


def _judge(hand_in: HandIn, named: NamedFile, known: _Known) -> JudgedHandIn:
    code = named.unit_code if named.unit_code in known.closed_on else ""
    is_asked = hand_in.refusal is None
    found = FileFindings(
        arrival=hand_in.refusal,
        sender=_sender_refusal(hand_in.sender, code),
        name=named.refusal,
        unit=unit_refusal(named.unit_code, known.closed_on, received_on=hand_in.received_on)
        if is_asked
        else None,
    )
    opened, rows = None, None
    if found.refusal is None:
        opened, rows, refusal = _open(hand_in, known.limits)
        found = replace(found, content=refusal)
    consent = _consent(hand_in, code, known.declared)
    if consent is Consent.NONE and known.requires_consent:
        found = replace(found, consent=refusal_of(HandInCode.CONSENT_MISSING))
    if found.refusal is None:
        identity = (code, hand_in.name, hand_in.sha256)
        found = replace(found, duplicate=duplicate_refusal(known.received.get(identity)))
        known.received.setdefault(identity, hand_in.received_at)
    return JudgedHandIn(
        hand_in=hand_in,
        unit_code=code,
        file_date=named.file_date,
        opened=opened,
        rows=rows,
        refusal=found.refusal,
        hold=_hold(hand_in, code),
        consent=consent,
    )


def _sender_refusal(sender: MailSender | None, unit_code: str) -> FileRefused | None:
    """Only a unit's contact hands in for it."""
    if sender is None or not unit_code or unit_code in sender.units:
        return None
    return refusal_of(HandInCode.SENDER_NOT_CONTACT)


def _hold(hand_in: HandIn, unit_code: str) -> str | None:
    """Why the file of a contact who is new, or not proved, waits for an operator."""
    contact = hand_in.sender.units.get(unit_code) if hand_in.sender else None
    if hand_in.sender is None or contact is None:
        return None
    return hold_sender_reason(
        is_proved=hand_in.sender.is_proved,
        first_seen_on=contact.first_seen_on,
        joined_others=contact.joined_others,
        received_on=hand_in.received_on,
    )


def _open(
    hand_in: HandIn, limits: FileLimits
) -> tuple[OpenedFile | None, FileRows | None, FileRefused | None]:
    too_large = size_refusal(hand_in.size, max_bytes=limits.max_bytes)
    if too_large is not None or hand_in.content is None:
        return None, None, too_large
    try:
        return *open_rows(hand_in.content, limits=limits), None
    except FileRefused as refusal:
        return None, None, refusal


def _consent(hand_in: HandIn, unit_code: str, declared: set[str]) -> Consent:
    if hand_in.declares_consent:
        return Consent.MAIL
    return Consent.STANDING if unit_code in declared else Consent.NONE


def check_forms(files: Sequence[JudgedHandIn]) -> dict[int, RowsReport]:
    """What the form of each accepted file's rows shows, by the file's place in `files`."""
    forms: dict[int, RowsReport] = {}
    asked = [
        _Opened(place, file.rows, file.opened.row_count)
        for place, file in enumerate(files)
        if file.refusal is None and file.opened is not None and file.rows is not None
    ]
    for some in groups(asked, weight=attrgetter("row_count"), heaviest=ROWS_PER_FRAME):
        frame = build_frame([(number, one.rows) for number, one in enumerate(some)])
        reports = report_rows(with_duplicates(judge_rows(frame)), [one.row_count for one in some])
        forms.update((one.place, report) for one, report in zip(some, reports, strict=True))
    return forms


@dataclass(frozen=True, slots=True)
class _Opened:
    """An opened file and its place among the files asked about."""

    place: int
    rows: FileRows
    row_count: int
