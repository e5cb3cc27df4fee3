"""`nhicard check`: an employer's files, judged before they are mailed."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pipeline import clock
from pipeline.bulk.rules.check_words import hint_of
from pipeline.bulk.rules.file_report import FileReport, RowReport, Unreadable, Verdict
from pipeline.cli.command_words import COMMAND_WORDS
from pipeline.cli.output import AsJson, print_json
from pipeline.words import Language
from validators.faults import Fault

if TYPE_CHECKING:
    from pipeline.bulk.check.check_files import AgainstRegister
    from pipeline.bulk.intake.employer_file.opening import FileLimits

EXIT_CODES: Final[dict[Verdict, int]] = {"fine": 0, "to_correct": 1, "refused": 2}

# Less is done before anybody would look at a bar.
BAR_FROM_BYTES: Final = 2 * 1024 * 1024

# Imports make many objects that stay: looking for garbage after every 700 of them is a tenth of the start.
OBJECTS_PER_COLLECTION: Final = 100_000


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("check")(check)


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="投保單位檔案。Employers' files.")],
    as_json: AsJson = False,
    register: Annotated[
        bool, typer.Option("--register", help="承辦人員用:也比對名冊。Staff: ask the register too.")
    ] = False,
    language: Annotated[
        Language, typer.Option("--lang", help="說明的語言。Language of headings and hints.")
    ] = Language.ZH,
    shows_all: Annotated[bool, typer.Option("--all", help="列出每一筆。Show every row to correct.")] = False,
) -> None:
    """寄出前檢查投保單位檔案,不寫入任何資料。 Check employers' files before mailing them; writes nothing.

    結束碼 Exit code: 0 可以寄出 fine · 1 有資料不入檔 rows rejected · 2 整批不入檔或檔案無法讀取 refused.
    """
    gc.set_threshold(OBJECTS_PER_COLLECTION)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a narrow code page loses a mark, not the report
    from pipeline.bulk.check.check_files import check_files
    from pipeline.bulk.intake.employer_file.opening import FileLimits

    now = clock.now()
    # An employer's machine has no settings: the limits are the usual ones.
    against_register, limits = _register(now) if register else (None, FileLimits())
    with _progress(files, language) as progress:
        reports = list(
            check_files(
                files,
                received_on=clock.day_of(now),
                limits=limits,
                against_register=against_register,
                progress=progress,
            )
        )
    for entry in reports:
        if isinstance(entry, Unreadable):
            typer.echo(f"nhicard: {entry.path}: {COMMAND_WORDS[language].not_read[entry.why]}", err=True)
    readable = [entry for entry in reports if isinstance(entry, FileReport)]
    if as_json:
        print_json({"files": [_as_json(report, language) for report in readable]})
    else:
        _show(readable, language, is_asked_of_register=register, shows_all=shows_all)
    worst = max((EXIT_CODES[report.verdict] for report in readable), default=EXIT_CODES["fine"])
    raise typer.Exit(worst if len(readable) == len(reports) else EXIT_CODES["refused"])


def _register(now: datetime) -> tuple[AgainstRegister, FileLimits]:
    """The register to ask, and this installation's limits.

    Raises MachineUnusable when there is no register, or one too old to judge by.
    """
    from pipeline.bulk.check.check_by_register import check_by_register
    from pipeline.bulk.intake.employer_file.opening import FileLimits
    from pipeline.insured.freshness import require_fresh_register
    from pipeline.tasks.opening import open_database

    settings, database = open_database()
    require_fresh_register(database, max_age_days=settings.register_max_age_days, now=now)
    limits = FileLimits(max_bytes=settings.file_max_bytes, max_rows=settings.file_max_rows)
    return partial(check_by_register, database, at=now), limits


def _show(
    reports: list[FileReport], language: Language, *, is_asked_of_register: bool, shows_all: bool
) -> None:
    from rich.console import Console

    from pipeline.cli.check_view import CheckView

    view = CheckView(
        console=Console(highlight=False),
        language=language,
        is_asked_of_register=is_asked_of_register,
        shows_all=shows_all,
        is_one_of_many=len(reports) > 1,
    )
    for report in reports:
        view.show(report)
    if len(reports) > 1:
        view.summarise(Counter(report.verdict for report in reports))


@contextmanager
def _progress(files: list[Path], language: Language) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, gone at the end: on a terminal, for much to read."""
    size = sum(map(_size, files)) if sys.stderr.isatty() else 0
    if size < BAR_FROM_BYTES:
        yield lambda _bytes: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(COMMAND_WORDS[language].progress, total=2 * size)  # opened and judged
        yield lambda done: bar.advance(task, done)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except (OSError, ValueError):  # told when it is opened
        return 0


def _as_json(report: FileReport, language: Language) -> dict[str, Any]:
    refused = report.refused
    counts = report.counts
    return {
        "name": report.name,
        "unit_code": report.unit_code,
        "date": report.file_date.isoformat() if report.file_date else None,
        "encoding": report.encoding,
        "refused": refused
        and {"code": refused.code, "message": refused.message, "hint": hint_of(refused, language)},
        "counts": {
            "rows": counts.rows,
            "accepted": counts.accepted,
            "rejected": counts.rejected,
            "repaired": counts.repaired,
        },
        "rows": [_row_as_json(row, language) for row in report.rows],
        "warnings": [
            {
                "code": warned.fault.code,
                "row": warned.row_number,
                "column": warned.fault.column,
                "message": warned.fault.message,
                "hint": hint_of(warned, language),
            }
            for warned in report.warnings
        ],
    }


def _row_as_json(row: RowReport, language: Language) -> dict[str, Any]:
    return {
        "row": row.row_number,
        "line": row.line_number,
        "id": row.masked_id,
        "faults": [_fault_as_json(fault, language) for fault in row.faults],
        "repairs": [{"column": column, "from": code} for column, code in row.repairs],
    }


@cache  # a handful of faults, a hundred thousand rows
def _fault_as_json(fault: Fault, language: Language) -> dict[str, Any]:
    return {
        "column": fault.column,
        "code": fault.code,
        "message": fault.message,
        "hint": hint_of(fault, language),
    }
