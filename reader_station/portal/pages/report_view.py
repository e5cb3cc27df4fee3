"""A file's report as a page shows it: verdict, what to correct by kind and by line, repairs, warnings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from pipeline.bulk.rules.check_words import ENCODINGS, WORDS, hint_of, next_step, repair_of, spelled, title_of
from pipeline.bulk.rules.file_report import FileReport, RowReport, Verdict
from pipeline.words import Language
from validators.faults import Fault

ROWS_SHOWN: Final = 200
LINES_SHOWN: Final = 12
VERDICTS: Final[dict[Language, dict[Verdict, str]]] = {
    Language.ZH: {"fine": "可以寄出", "to_correct": "需要更正", "refused": "整批不入檔"},
    Language.EN: {"fine": "Ready to send", "to_correct": "Needs correcting", "refused": "Refused as a whole"},
}
ORDER: Final[tuple[Verdict, ...]] = ("refused", "to_correct", "fine")


@dataclass(frozen=True, slots=True)
class Advice:
    """One finding: what, where, and what to do about it."""

    what: str
    where: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row to correct; `faults` are pairs of column and fault."""

    line: str
    row: str
    masked_id: str
    faults: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FileView:
    """One file on the page."""

    name: str
    verdict: Verdict
    verdict_text: str
    facts: str
    counts: list[tuple[str, str]]
    refusals: list[Advice]
    faults: list[Advice]
    rows: list[FaultyRow]
    rows_left: int
    repairs: list[Advice]
    warnings: list[Advice]
    next_step: str


def file_view(report: FileReport, language: Language) -> FileView:
    """The view of one report, in words of one language."""
    rejected = report.rejected_rows
    return FileView(
        name=report.name,
        verdict=report.verdict,
        verdict_text=VERDICTS[language][report.verdict],
        facts=_facts_line(report, language),
        counts=_count_pairs(report, language),
        refusals=[
            # The words of the result log, Chinese in either language: the answer will hold them.
            Advice(
                _code_in_english(refusal.code, language, ": ") + refusal.message,
                "",
                hint_of(refusal, language),
            )
            for refusal in report.refusals
        ],
        faults=_fault_advice(report, rejected, language),
        rows=[_faulty_row(row, language) for row in rejected[:ROWS_SHOWN]],
        rows_left=max(0, len(rejected) - ROWS_SHOWN),
        repairs=[
            Advice(WORDS[language].columns[column], _row_count(count, language), repair_of(code, language))
            for (column, code), count in report.repair_counts
        ],
        warnings=[
            Advice(
                _code_in_english(warned.fault.code, language) or warned.fault.message,
                _line_list(lines, language),
                hint_of(warned, language),
            )
            for warned, lines in report.grouped_warnings
        ],
        next_step=next_step(report, language),
    )


def worst(reports: list[FileReport]) -> Verdict:
    """The verdict of several files together."""
    return min((report.verdict for report in reports), key=ORDER.index)


def _code_in_english(code: str, language: Language, ending: str = "") -> str:
    return spelled(code) + ending if language is Language.EN else ""


def _facts_line(report: FileReport, language: Language) -> str:
    words = WORDS[language]
    known = (
        words.unit.format(unit=report.unit_code) if report.unit_code else "",
        words.date.format(date=report.file_date) if report.file_date else "",
        ENCODINGS[report.encoding] if report.encoding else "",
    )
    return " · ".join(filter(None, known))


def _count_pairs(report: FileReport, language: Language) -> list[tuple[str, str]]:
    if not report.counts.rows:
        return []
    names = ("筆數", "正確", "要更正", "自動修正")
    names_en = ("rows", "good", "to correct", "repaired")
    counts = report.counts
    numbers = (counts.rows, counts.accepted, counts.rejected, counts.repaired)
    chosen = names if language is Language.ZH else names_en
    return [(name, f"{number:,}") for name, number in zip(chosen, numbers, strict=True)]


def _fault_advice(report: FileReport, rejected: list[RowReport], language: Language) -> list[Advice]:
    lines: dict[Fault, list[int]] = defaultdict(list)
    for row in rejected:
        for fault in row.faults:
            lines[fault].append(row.line_number)
    return [
        Advice(
            f"{WORDS[language].columns[fault.column or 'id']} {title_of(fault, language)}",
            _line_list(lines[fault], language),
            hint_of(fault, language),
        )
        for fault, _count in report.fault_counts
    ]


def _faulty_row(row: RowReport, language: Language) -> FaultyRow:
    columns = WORDS[language].columns
    faults = [(columns[fault.column or "id"], title_of(fault, language)) for fault in row.faults]
    return FaultyRow(f"{row.line_number:,}", f"{row.row_number:,}", row.masked_id, faults)


def _line_list(lines: list[int], language: Language) -> str:
    if not lines:
        return ""
    words = WORDS[language]
    shown = words.list_mark.join(f"{line:,}" for line in lines[:LINES_SHOWN])
    more = " …" if len(lines) > LINES_SHOWN else ""
    return words.warned_rows.format(count=f"{len(lines):,}", lines=shown + more)


def _row_count(count: int, language: Language) -> str:
    return WORDS[language].row_count.format(count=f"{count:,}")
