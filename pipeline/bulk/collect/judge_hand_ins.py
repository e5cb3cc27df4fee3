"""Judge files that came in: the first file fault of rules 1 that applies, and what holds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.bulk.check.report_rows import report_rows, with_duplicates
from pipeline.bulk.intake.csv_bytes import FileLimits, open_rows
from pipeline.bulk.intake.employer_file.row_frame import build_frame
from pipeline.bulk.intake.hand_in import HandIn
from pipeline.bulk.queries import batches, declarations
from pipeline.bulk.rules.batch_states import hold_sender_reason
from pipeline.bulk.rules.consent import Consent
from pipeline.bulk.rules.file_faults import duplicate_refusal, read_name, size_refusal, unit_refusal
from pipeline.insured.queries import units
from pipeline.store.engine import Connection
from validators.employer_csv import judge_rows
from validators.faults import FileRefused

ROWS_PER_FRAME = 100_000


def judge_hand_ins(
    connection: Connection, hand_ins: Sequence[HandIn], *, limits: FileLimits, requires_consent: bool
) -> None:
    """Decide on each hand-in; one that comes with a refusal already keeps it.

    Who may not know of a unit's files is told so before anything else of the file is looked at.
    """
    for seen in hand_ins:
        _judge_name(seen)
    _judge_units(connection, hand_ins)
    for seen in hand_ins:
        _judge_sender(seen)
        _judge_content(seen, limits)
    _judge_consent(connection, hand_ins, requires_consent)
    _judge_duplicates(connection, hand_ins)


def check_forms(hand_ins: Iterable[HandIn]) -> None:
    """Note on each accepted hand-in what the form of its rows shows; its rows are let go."""
    group: list[HandIn] = []
    rows = 0
    for seen in hand_ins:
        if seen.refusal is None and seen.opened is not None:
            group.append(seen)
            rows += seen.opened.row_count
        if rows >= ROWS_PER_FRAME:
            _check_form(group)
            group, rows = [], 0
    _check_form(group)


def _check_form(group: list[HandIn]) -> None:
    if not group:
        return
    frame = build_frame([(place, seen.rows) for place, seen in enumerate(group) if seen.rows])
    counts = [seen.opened.row_count for seen in group if seen.opened]
    for seen, form in zip(group, report_rows(with_duplicates(judge_rows(frame)), counts), strict=True):
        seen.form, seen.rows = form, None


def _judge_name(seen: HandIn) -> None:
    if seen.refusal is None:
        named = read_name(seen.name, received_on=seen.received_on)
        seen.unit_code, seen.file_date, seen.refusal = named.unit_code, named.file_date, named.refusal


def _judge_units(connection: Connection, hand_ins: Sequence[HandIn]) -> None:
    closed_on = units.closed_on(connection, [seen.unit_code for seen in hand_ins])
    for seen in hand_ins:
        seen.refusal = seen.refusal or unit_refusal(seen.unit_code, closed_on, received_on=seen.received_on)
        if seen.unit_code not in closed_on:
            seen.unit_code = ""  # nobody to answer


def _judge_sender(seen: HandIn) -> None:
    """Only a unit's contact hands in for it; one that is new, or not proved, waits for an operator."""
    if seen.sender is None or not seen.unit_code:
        return
    contact = seen.sender.units.get(seen.unit_code)
    if contact is None:
        seen.refusal = FileRefused("SENDER_NOT_CONTACT")
        return
    seen.hold = hold_sender_reason(
        is_proved=seen.sender.is_proved,
        first_seen_on=contact.first_seen_on,
        joined_others=contact.joined_others,
        received_on=seen.received_on,
    )


def _judge_content(seen: HandIn, limits: FileLimits) -> None:
    seen.refusal = seen.refusal or size_refusal(seen.size, max_bytes=limits.max_bytes)
    if seen.refusal is None and seen.content is not None:
        try:
            seen.opened, seen.rows = open_rows(seen.content, limits=limits)
        except FileRefused as refusal:
            seen.refusal = refusal


def _judge_consent(connection: Connection, hand_ins: Sequence[HandIn], requires_consent: bool) -> None:
    standing = declarations.of_units(connection, [seen.unit_code for seen in hand_ins])
    for seen in hand_ins:
        if seen.declares_consent:
            seen.consent = Consent.MAIL
        elif seen.unit_code in standing:
            seen.consent = Consent.STANDING
        elif requires_consent and seen.refusal is None:
            seen.refusal = FileRefused("CONSENT_MISSING")


def _judge_duplicates(connection: Connection, hand_ins: Sequence[HandIn]) -> None:
    """The same unit, name and bytes as a batch that was not refused; one of these files may be the first."""
    received = batches.received_before(connection, [seen.sha256 for seen in hand_ins])
    for seen in hand_ins:
        if seen.refusal is None:
            seen.refusal = duplicate_refusal(received.get(seen.identity))
            received.setdefault(seen.identity, seen.received_at)
