"""The report of a check, for people and for scripts; it holds no cell's content but masked IDs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from validators.codes import RepairCode
from validators.faults import Column, Fault, FileRefused

Verdict = Literal["fine", "to_correct", "refused"]
NotRead = Literal["missing", "folder", "forbidden", "broken"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a file. Repaired ones may be accepted or rejected; they are no third kind."""

    rows: int = 0
    rejected: int = 0
    repaired: int = 0

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected


@dataclass(frozen=True, slots=True)
class RowReport:
    """A row with faults or repairs: its number among the data rows, its spreadsheet line, what was found.

    `repairs` are (column, what was repaired in it).
    """

    row_number: int
    line_number: int
    masked_id: str
    faults: tuple[Fault, ...]
    repairs: tuple[tuple[Column, RepairCode], ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning about the file, or about one row of it; `detail` is of this file and no cell's content."""

    fault: Fault
    row_number: int | None = None
    line_number: int | None = None
    detail: str = ""

    @property
    def hint(self) -> str:
        """What the sender may do; the detail of this file first."""
        return f"{self.detail}{self.fault.hint}"


@dataclass(frozen=True, slots=True)
class RowsReport:
    """What was found in a file's rows; `rows` are only those with faults or repairs, in file order."""

    counts: Counts = Counts()
    rows: tuple[RowReport, ...] = ()
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """One file. Its rows are judged even when it is refused, as far as the content opens.

    `refusals` stand in the order of the night's questions: name, unit, content, duplicate. `unit_code`,
    `file_date` and `encoding` are None where name or content do not tell them.
    """

    name: str
    unit_code: str | None
    file_date: date | None
    encoding: str | None
    refusals: tuple[FileRefused, ...] = ()
    counts: Counts = Counts()
    rows: tuple[RowReport, ...] = ()
    warnings: tuple[Warned, ...] = ()

    @property
    def refused(self) -> FileRefused | None:
        """The one reason that the night's answer would tell."""
        return self.refusals[0] if self.refusals else None

    @property
    def verdict(self) -> Verdict:
        """The worst that is true of the file."""
        if self.refusals:
            return "refused"
        return "to_correct" if self.counts.rejected else "fine"

    @property
    def rejected_rows(self) -> list[RowReport]:
        """The rows with faults, in file order."""
        return [row for row in self.rows if row.faults]

    @property
    def fault_counts(self) -> list[tuple[Fault, int]]:
        """Each kind of row fault and how often it stands in the file, the most frequent first."""
        return Counter(fault for row in self.rows for fault in row.faults).most_common()

    @property
    def repair_counts(self) -> list[tuple[tuple[Column, RepairCode], int]]:
        """Each kind of repair and how often it was made, the most frequent first."""
        return Counter(repair for row in self.rows for repair in row.repairs).most_common()

    @property
    def grouped_warnings(self) -> list[tuple[Warned, list[int]]]:
        """Each warning once, with the spreadsheet lines that it is about (none: the file)."""
        lines: dict[Warned, list[int]] = {}
        for warned in self.warnings:
            about = lines.setdefault(Warned(warned.fault, detail=warned.detail), [])
            if warned.line_number is not None:
                about.append(warned.line_number)
        return list(lines.items())


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A path behind which no file can be read, and why."""

    path: str
    why: NotRead
    size: int = field(default=0, init=False)
