"""Judge employers' files as the night would, and report what is wrong with each; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from pipeline.bulk.check.report_rows import report_rows, with_duplicates
from pipeline.bulk.intake.employer_file.opening import (
    FileLimits,
    FileRows,
    OpenedFile,
    build_frame,
    open_rows,
)
from pipeline.bulk.rules.file_faults import MIB, read_name, size_refusal
from pipeline.bulk.rules.file_findings import FileFindings
from pipeline.bulk.rules.file_report import FileReport, NotRead, RowsReport, Unreadable, Warned
from validators import file_name
from validators.codes import WarningCode
from validators.employer_csv import judge_rows
from validators.faults import WARNINGS, FileRefused

# One frame holds the rows of many files: a call has a fixed cost, memory grows with the frame's rows.
ROWS_PER_FRAME: Final = 100_000
BYTES_PER_FRAME: Final = 20 * MIB

# What the mailbox takes (rules 1); the drop folder takes more.
MAIL_LIMITS: Final = FileLimits(max_bytes=5 * MIB, max_rows=10_000)

NOT_READ: Final[dict[type[Exception], NotRead]] = {
    FileNotFoundError: "missing",
    NotADirectoryError: "missing",
    IsADirectoryError: "folder",
    PermissionError: "forbidden",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """A file on its way through the check; `is_unit_known` is asked of the register only."""

    path: Path
    content: bytes = field(repr=False)
    size: int
    unit_code: str
    file_date: date | None
    opened: OpenedFile | None
    findings: FileFindings
    is_unit_known: bool = False

    @property
    def row_count(self) -> int:
        return self.opened.row_count if self.opened else 0


@dataclass(slots=True)
class _Frame:
    """Files that are judged together, and what of them could not be read, in the order given."""

    entries: list[SeenFile | Unreadable] = field(default_factory=list)
    contents: list[FileRows | None] = field(default_factory=list)  # of the seen files, until they are judged
    rows: int = 0
    bytes: int = 0

    def add(self, entry: SeenFile | Unreadable, rows: FileRows | None) -> None:
        self.entries.append(entry)
        if isinstance(entry, SeenFile):
            self.contents.append(rows)
            self.rows += entry.row_count
            self.bytes += len(entry.content)

    @property
    def is_full(self) -> bool:
        return self.rows >= ROWS_PER_FRAME or self.bytes >= BYTES_PER_FRAME

    @property
    def seen(self) -> list[SeenFile]:
        return [entry for entry in self.entries if isinstance(entry, SeenFile)]


# Asks the register: the files with what it refuses, and the rows with the outcomes of opened files.
AgainstRegister = Callable[[Sequence[SeenFile], pd.DataFrame], tuple[list[SeenFile], pd.DataFrame]]


def check_files(
    paths: Iterable[Path],
    *,
    received_on: date,
    limits: FileLimits,
    against_register: AgainstRegister | None = None,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> Iterator[FileReport | Unreadable]:
    """Yield a report of each file, in the order given; after one that cannot be read the rest goes on.

    A fault of the name does not hide the content's: both are reported, and the rows are judged as far as the
    content opens. `received_on` is the Taipei date of the check. `progress` is given a file's bytes when
    it is opened and again when it is judged.

    Raises:
        MachineUnusable: from `against_register` only.
    """
    frame = _Frame()
    for path in paths:
        frame.add(*_open(path, received_on=received_on, limits=limits))
        progress(frame.entries[-1].size)
        if frame.is_full:
            yield from _judge(frame, received_on, against_register, progress)
            frame = _Frame()
    yield from _judge(frame, received_on, against_register, progress)


def _open(
    path: Path, *, received_on: date, limits: FileLimits
) -> tuple[SeenFile | Unreadable, FileRows | None]:
    try:
        with path.open("rb") as file:
            content = file.read(limits.max_bytes + 1)
            size = max(len(content), path.stat().st_size)
    except (OSError, ValueError) as error:  # ValueError: a name that no system call takes
        return Unreadable(file_name.printable(str(path)), NOT_READ.get(type(error), "broken")), None
    named = read_name(path.name, received_on=received_on)
    opened, rows, refusal = _content(content, size, limits)
    seen = SeenFile(
        path=path,
        content=content,
        size=size,
        unit_code=named.unit_code,
        file_date=named.file_date,
        opened=opened,
        findings=FileFindings(name=named.refusal, content=refusal),
    )
    return seen, rows


def _content(
    content: bytes, size: int, limits: FileLimits
) -> tuple[OpenedFile | None, FileRows | None, FileRefused | None]:
    too_large = size_refusal(size, max_bytes=limits.max_bytes)
    if too_large is not None:
        return None, None, too_large
    try:
        return *open_rows(content, limits=limits), None
    except FileRefused as refusal:
        return None, None, refusal


def _judge(
    frame: _Frame,
    received_on: date,
    against_register: AgainstRegister | None,
    progress: Callable[[int], None],
) -> Iterator[FileReport | Unreadable]:
    """Judge all rows of a frame at once, then report each file apart."""
    seen = frame.seen
    judged = iter(_judge_rows(frame, seen, against_register) if seen else ())
    for entry in frame.entries:
        yield _report(*next(judged), received_on) if isinstance(entry, SeenFile) else entry
        progress(entry.size)


def _judge_rows(
    frame: _Frame, seen: list[SeenFile], against_register: AgainstRegister | None
) -> Iterator[tuple[SeenFile, RowsReport]]:
    rows = build_frame([(place, rows) for place, rows in enumerate(frame.contents) if rows])
    frame.contents.clear()  # the frame of rows holds them now
    judged = with_duplicates(judge_rows(rows))
    if against_register:
        seen, judged = against_register(seen, judged)
    return zip(seen, report_rows(judged, [file.row_count for file in seen]), strict=True)


def _report(seen: SeenFile, rows: RowsReport, received_on: date) -> FileReport:
    return FileReport(
        name=file_name.printable(seen.path.name),
        unit_code=seen.unit_code or None,
        file_date=seen.file_date,
        encoding=seen.opened.encoding if seen.opened else None,
        refusals=seen.findings.refusals,
        counts=rows.counts,
        rows=rows.rows,
        warnings=(*_file_warnings(seen, received_on), *rows.warnings),
    )


def _file_warnings(seen: SeenFile, received_on: date) -> Iterator[Warned]:
    if seen.file_date and file_name.is_old(seen.file_date, received_on):
        yield Warned(WARNINGS[WarningCode.FILE_DATE_OLD])
    if seen.opened and seen.opened.ignored_columns:
        detail = f"未使用的欄位:{'、'.join(seen.opened.ignored_columns)}。"
        yield Warned(WARNINGS[WarningCode.COLUMNS_IGNORED], detail=detail)
    if seen.opened and (seen.size > MAIL_LIMITS.max_bytes or seen.row_count > MAIL_LIMITS.max_rows):
        detail = f"本檔案為{seen.size / MIB:,.1f} MiB、{seen.row_count:,}筆。"
        yield Warned(WARNINGS[WarningCode.TOO_LARGE_FOR_MAIL], detail=detail)
