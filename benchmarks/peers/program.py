"""What all these programs share: `python -m benchmarks.peers.NAME INBOX FILES VERDICTS`.

Each judges the first FILES files of INBOX by name, prints the seconds that took as JSON and writes a verdict
a row: file, row number, the columns at fault. Imports and what is loaded or made at first use (one file is
judged before) are apart, and so is the writing. Needs no package.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

Verdict = tuple[str, int, str]  # file name, row number from 1, "" or some of "id email phone"
Cells = tuple[str, str, str]  # ID, e-mail, phone as typed
Judged = TypeVar("Judged")

COLUMNS = ("id", "email", "phone")
HEADERS = ("身分證號", "電子郵件", "手機(或聯絡電話)")


def run(judge: Callable[[Sequence[Path]], Judged], verdicts: Callable[[Judged], Iterable[Verdict]]) -> None:
    """The program around `judge`, which alone is timed; `verdicts` tells what it found."""
    inbox, count, target = sys.argv[1:]
    files = first_files(Path(inbox), int(count))
    judge(files[:1])
    wall, cpu = time.perf_counter(), time.process_time()
    judged = judge(files)
    spent = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    with Path(target).open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(("file", "row", "faults"))
        writer.writerows(verdicts(judged))
    print(json.dumps(spent))


def first_files(inbox: Path, count: int) -> list[Path]:
    """So many files of the folder, by name."""
    return sorted(inbox.iterdir())[:count]


def run_row_by_row(judge: Callable[[Cells], str]) -> None:
    """The program around a judge of single rows."""

    def judge_all(files: Sequence[Path]) -> list[Verdict]:
        return [
            (path.name, number, judge(cells))
            for path in files
            for number, cells in enumerate(read_rows(path), 1)
        ]

    run(judge_all, iter)


def read_rows(path: Path) -> Iterator[Cells]:
    """A file's data rows, by `csv.DictReader`; UTF-8 with or without BOM, else CP950."""
    for row in csv.DictReader(io.StringIO(decoded(path.read_bytes()), newline=""), restval=""):
        yield row[HEADERS[0]], row[HEADERS[1]], row[HEADERS[2]]


def decoded(content: bytes) -> str:
    """The text of a file that Excel saved."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp950")


def told(*, id: bool, email: bool, phone: bool) -> str:
    """The columns at fault, from whether each cell is good."""
    return " ".join(name for name, good in zip(COLUMNS, (id, email, phone), strict=True) if not good)
