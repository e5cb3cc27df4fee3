"""Judge employers' files as the night would, and tell what is wrong with each; nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from pipeline.intake.csv_bytes import MIB, FileLimits, OpenedFile, open_file, read_rows
from pipeline.steps.check_report import FileReport, FileWarning, Unreadable, warn
from pipeline.steps.check_rows import Outcomes, RowsOfFile, duplicates_only, report_rows
from validators import file_name
from validators.employer_csv import judge_rows
from validators.faults import FileRefused

# One frame holds the rows of many files: judging has a fixed cost a call, a frame's memory grows with its rows.
ROWS_PER_FRAME: Final = 100_000
BYTES_PER_FRAME: Final = 20 * MIB

# What the mailbox takes (rules 1); the drop folder takes more.
MAIL_LIMITS: Final = FileLimits(max_bytes=5 * MIB, max_rows=10_000)

UNIT_DIGITS: Final = 9


@dataclass(slots=True)
class SeenFile:
    """A file on its way through the check: what is known of it, and every refusal found so far."""

    path: Path
    content: bytes
    size: int
    unit_code: str | None = None
    file_date: date | None = None
    opened: OpenedFile | None = None
    name_refusal: FileRefused | None = None
    unit_refusal: FileRefused | None = None
    content_refusal: FileRefused | None = None
    duplicate_refusal: FileRefused | None = None

    @property
    def row_count(self) -> int:
        return self.opened.row_count if self.opened else 0

    @property
    def refusals(self) -> tuple[FileRefused, ...]:
        """In the order in which the night asks; the first is the one its answer tells."""
        found = (self.name_refusal, self.unit_refusal, self.content_refusal, self.duplicate_refusal)
        return tuple(refusal for refusal in found if refusal is not None)


@dataclass(slots=True)
class _Frame:
    """Files that are judged together, and what of them could not be read, in the order given."""

    entries: list[SeenFile | Unreadable] = field(default_factory=list)
    rows: int = 0
    bytes: int = 0

    def add(self, entry: SeenFile | Unreadable) -> None:
        self.entries.append(entry)
        if isinstance(entry, SeenFile):
            self.rows += entry.row_count
            self.bytes += len(entry.content)

    @property
    def is_full(self) -> bool:
        return self.rows >= ROWS_PER_FRAME or self.bytes >= BYTES_PER_FRAME


# Judges opened files against the register: notes refusals on them and gives each row of the frame its outcome.
AgainstRegister = Callable[[Sequence[SeenFile], "Outcomes"], "Outcomes"]


def check_files(
    paths: Iterable[Path],
    *,
    received_on: date,
    limits: FileLimits,
    against_register: AgainstRegister | None = None,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> Iterator[FileReport | Unreadable]:
    """Yield a report of each file, in the order given; a file that cannot be read is told and the rest goes on.

    A fault of the name does not hide the content's: both are told, and the rows are judged as far as the content
    opens. `received_on` is the Taipei date of the check. `progress` hears of bytes, twice a file: opened, judged.

    Raises:
        MachineUnusable: from `against_register` only.
    """
    frame = _Frame()
    for path in paths:
        frame.add(_open(path, received_on=received_on, limits=limits))
        progress(frame.entries[-1].size)
        if frame.is_full:
            yield from _judge(frame, received_on, against_register, progress)
            frame = _Frame()
    yield from _judge(frame, received_on, against_register, progress)


def _open(path: Path, *, received_on: date, limits: FileLimits) -> SeenFile | Unreadable:
    try:
        with path.open("rb") as file:
            content = file.read(limits.max_bytes + 1)
            size = max(len(content), path.stat().st_size)
    except (OSError, ValueError) as error:  # ValueError: a name that no system call takes
        return Unreadable(path, getattr(error, "strerror", None) or "not a file name")
    seen = SeenFile(path, content, size)
    _judge_name(seen, received_on)
    _judge_content(seen, limits)
    return seen


def _judge_name(seen: SeenFile, received_on: date) -> None:
    name = seen.path.name
    try:
        parts = file_name.parse(name, received_on=received_on)
        seen.unit_code, seen.file_date = parts.unit_code, parts.file_date
    except FileRefused as refusal:
        seen.name_refusal = refusal
        if refusal.code in ("FILE_DATE", "FILE_DATE_FUTURE"):  # the name's shape is right: its unit is told
            seen.unit_code = name[:UNIT_DIGITS]


def _judge_content(seen: SeenFile, limits: FileLimits) -> None:
    try:
        if len(seen.content) > limits.max_bytes:
            told, most = seen.size / MIB, limits.max_bytes / MIB
            raise FileRefused("FILE_TOO_LARGE", f"檔案大小為{told:,.1f} MiB,上限為{most:,.1f} MiB。")
        seen.opened = open_file(seen.content, limits=limits)
    except FileRefused as refusal:
        seen.content_refusal = refusal
        seen.content = b""


def _judge(
    frame: _Frame, received_on: date, against_register: AgainstRegister | None, progress: Callable[[int], None]
) -> Iterator[FileReport | Unreadable]:
    """Judge all rows of a frame at once, then tell each file apart."""
    opened = [entry for entry in frame.entries if isinstance(entry, SeenFile) and entry.opened]
    rows: Iterator[RowsOfFile] = iter(())
    if opened:
        judged = judge_rows(read_rows((index, seen.content) for index, seen in enumerate(opened)))
        outcomes = duplicates_only(judged)
        if against_register:
            outcomes = against_register(opened, outcomes)
        rows = iter(report_rows(outcomes, [seen.row_count for seen in opened]))
    for entry in frame.entries:
        if isinstance(entry, SeenFile):
            yield _report(entry, next(rows) if entry.opened else RowsOfFile(), received_on)
        else:
            yield entry
        progress(entry.size)
