"""A check's report for people: a heading with the verdict, the rows to correct, what to do about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from pipeline.bulk.rules.check_words import ENCODINGS, WORDS, Words, hint_of, next_step, repair_of, title_of
from pipeline.bulk.rules.file_report import FileReport, Verdict
from pipeline.cli.command_words import COMMAND_WORDS
from pipeline.cli.prose import Prose
from pipeline.words import Language

ROWS_SHOWN: Final = 50
LINES_SHOWN: Final = 10  # of a warning
NUMBER_COLUMNS: Final = 2  # the table of rows begins with them
MARKS: Final[dict[Verdict, tuple[str, str]]] = {
    "fine": ("✓", "green"),
    "to_correct": ("!", "yellow"),
    "refused": ("✗", "red"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """How reports are shown: in which language, all rows or the first, alone or as one of several."""

    console: Console
    language: Language
    is_asked_of_register: bool
    shows_all: bool
    is_one_of_many: bool

    @property
    def words(self) -> Words:
        return WORDS[self.language]

    def show(self, report: FileReport) -> None:
        """One file; a fine one among many takes a single line, unless there is something to note."""
        if self.is_one_of_many and report.verdict == "fine" and not report.warnings:
            said = self.words.fine_rows.format(rows=f"{report.counts.rows:,}")
            self.console.print(Text.assemble(self._heading(report), "  ", (said, "dim")))
            self.console.print()
            return
        self.console.print(Rule(self._heading(report), align="left", style=MARKS[report.verdict][1]))
        for part in self._parts(report):
            self.console.print(Padding(part, (0, 0, 1, 2)))

    def summarise(self, verdicts: Counter[Verdict]) -> None:
        """The last line about several files."""
        counts = {name: f"{verdicts[name]:,}" for name in MARKS}
        self.console.print(Text(self.words.summary.format(files=f"{verdicts.total():,}", **counts), "bold"))

    def _heading(self, report: FileReport) -> Text:
        verdict = report.verdict
        mark, colour = MARKS[verdict]
        said = getattr(self.words, verdict).format(rows=f"{report.counts.rejected:,}")
        return Text.assemble(
            (f"{mark} ", f"bold {colour}"), (report.name, "bold"), "  ", (said, f"bold {colour}")
        )

    def _counts(self, report: FileReport) -> str:
        counts = report.counts
        return self.words.counts.format(
            rows=f"{counts.rows:,}",
            accepted=f"{counts.accepted:,}",
            rejected=f"{counts.rejected:,}",
            repaired=f"{counts.repaired:,}",
        )

    def _parts(self, report: FileReport) -> Iterator[RenderableType]:
        yield self._facts(report)
        for refusal in report.refusals:
            yield Group(Text(refusal.message, "bold red"), Prose(hint_of(refusal, self.language)))
        if report.counts.rejected:
            yield self._rows(report)
            yield self._how(report)
        if report.counts.repaired:
            yield self._repairs(report)
        if report.warnings:
            yield self._warnings(report)
        said = next_step(report, self.language, is_asked_of_register=self.is_asked_of_register)
        yield _marked("→", MARKS[report.verdict][1], Prose(said, "bold"))

    def _facts(self, report: FileReport) -> RenderableType:
        known = [
            self.words.unit.format(unit=report.unit_code) if report.unit_code else "",
            self.words.date.format(date=report.file_date) if report.file_date else "",
            ENCODINGS[report.encoding] if report.encoding else "",
        ]
        lines = [Text(" · ".join(filter(None, known)), "dim")] if any(known) else []
        return Group(*lines, Prose(self._counts(report))) if report.counts.rows else Group(*lines)

    def _rows(self, report: FileReport) -> RenderableType:
        rejected = report.rejected_rows
        shown = rejected if self.shows_all else rejected[:ROWS_SHOWN]
        words = self.words
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
        for place, name in enumerate(words.rows_header):
            table.add_column(name, justify="right" if place < NUMBER_COLUMNS else "left", no_wrap=True)
        for row in shown:
            columns = [words.columns[fault.column or "id"] for fault in row.faults]
            titles = [title_of(fault, self.language) for fault in row.faults]
            table.add_row(
                Text(f"{row.line_number:,}", "bold"),
                f"{row.row_number:,}",
                row.masked_id,
                "\n".join(columns),
                Text("\n".join(titles), "yellow"),
            )
        title = Text(words.rows_title_refused if report.refusals else words.rows_title, "bold")
        left = len(rejected) - len(shown)
        more = [Text(COMMAND_WORDS[self.language].more_rows.format(rows=f"{left:,}"), "bold")] if left else []
        return Group(title, table, *more)

    def _how(self, report: FileReport) -> RenderableType:
        table = _grid()
        for fault, count in report.fault_counts:
            what = f"{self.words.columns[fault.column or 'id']} {title_of(fault, self.language)}"
            table.add_row(Text(what, "yellow"), self._count(count), Prose(hint_of(fault, self.language)))
        return Group(Text(self.words.how_title, "bold"), table)

    def _repairs(self, report: FileReport) -> RenderableType:
        table = _grid()
        for (column, code), count in report.repair_counts:
            table.add_row(
                self.words.columns[column], self._count(count), Prose(repair_of(code, self.language))
            )
        return Group(Text(self.words.repairs_title, "bold"), table)

    def _warnings(self, report: FileReport) -> RenderableType:
        told: list[RenderableType] = [Text(self.words.warnings_title, "bold")]
        for warned, about in report.grouped_warnings:
            said = Prose(warned.fault.message + self._lines(about))
            told.append(_marked("!", "yellow", Group(said, Prose(hint_of(warned, self.language), "dim"))))
        return Group(*told)

    def _lines(self, about: list[int]) -> str:
        if not about:
            return ""
        shown = self.words.list_mark.join(f"{line:,}" for line in about[:LINES_SHOWN])
        lines = shown + (" …" if len(about) > LINES_SHOWN else "")
        return self.words.warned_rows.format(count=f"{len(about):,}", lines=lines)

    def _count(self, count: int) -> str:
        return self.words.row_count.format(count=f"{count:,}")


def _marked(mark: str, colour: str, said: RenderableType) -> Table:
    """A mark in the margin of a paragraph."""
    table = Table.grid(padding=(0, 1))
    table.add_row(Text(mark, f"bold {colour}"), said)
    return table


def _grid() -> Table:
    """Three columns without lines: what, how many, and a text that wraps."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right", style="dim")
    table.add_column()
    return table
