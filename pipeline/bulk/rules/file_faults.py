"""The file faults that name, register and earlier hand-ins decide (rules 1), for night and check.

The content's own faults are `pipeline.bulk.intake.employer_file.opening`'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.bulk.rules.refusals import HandInCode, refusal_of
from pipeline.clock import TAIPEI
from validators import file_name, unit_code
from validators.codes import FileCode
from validators.faults import FileRefused

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class NamedFile:
    """What a file's name says: the unit (empty where it names none), the date, the refusal, if any."""

    unit_code: str
    file_date: date | None
    refusal: FileRefused | None


def read_name(name: str, *, received_on: date) -> NamedFile:
    """Read a name; one of the right shape names its unit even when its date is refused."""
    try:
        parts = file_name.parse(name, received_on=received_on)
    except FileRefused as refusal:
        is_dated = refusal.code in {FileCode.FILE_DATE, FileCode.FILE_DATE_FUTURE}
        return NamedFile(name[: unit_code.LENGTH] if is_dated else "", None, refusal)
    return NamedFile(parts.unit_code, parts.file_date, None)


def unit_refusal(code: str, closed_on: Mapping[str, date | None], *, received_on: date) -> FileRefused | None:
    """UNIT_UNKNOWN, or UNIT_CLOSED on or before that day; `closed_on` holds the known units."""
    if code not in closed_on:
        return refusal_of(HandInCode.UNIT_UNKNOWN)
    closed = closed_on[code]
    return refusal_of(HandInCode.UNIT_CLOSED) if closed is not None and closed <= received_on else None


def size_refusal(size: int, *, max_bytes: int) -> FileRefused | None:
    """FILE_TOO_LARGE by bytes, saying how large and how large it may be."""
    if size <= max_bytes:
        return None
    return FileRefused(
        FileCode.FILE_TOO_LARGE, f"檔案大小為{size / MIB:,.1f} MiB,上限為{max_bytes / MIB:,.1f} MiB。"
    )


def duplicate_refusal(received_at: datetime | None) -> FileRefused | None:
    """FILE_DUPLICATE, saying when the same file reached us; None for one that never did."""
    if received_at is None:
        return None
    return refusal_of(
        HandInCode.FILE_DUPLICATE, f"本檔已於 {received_at.astimezone(TAIPEI):%Y-%m-%d %H:%M} 收件。"
    )
