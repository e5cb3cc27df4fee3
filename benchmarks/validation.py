"""Parse and validate, measured alone: `python -m benchmarks.validation`. CPU seconds inside the processes.

(a) A night's files parsed and judged in frames of 100,000 rows, against a plain scan of the same rows by
`pyarrow.csv`, and against the row-by-row peer, which gives the same verdicts; every side a process of its
own, in turns. The other peers: `python -m benchmarks.agreement`.
(b) One frame judged by `judge_rows`, against the same without pandera: the vector checks alone.
(c) How many cells leave the vectors for the per-value functions, and so for the libraries.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final
from unittest.mock import patch

import pandas as pd

from benchmarks import nights, sizes
from benchmarks.figures import Figure, report
from benchmarks.measuring import Cost, in_turns, middle, ratio, rounds_of
from benchmarks.nights import Night
from benchmarks.peers import plain_scan
from benchmarks.peers.running import OURS, PLAIN_SCAN, ROW_BY_ROW, run_program
from benchmarks.sizes import Size
from pipeline.bulk.intake.employer_file.opening import read_rows
from validators import employer_csv
from validators.cell_column import ColumnSheet, Positions, distinct
from validators.employer_csv import JUDGES, judge_rows

COMMAND: Final = "python -m benchmarks.validation"
AT_LEAST_PEER: Final = 15.0
AT_MOST_PANDERA: Final = 1.5
AT_MOST_PANDERA_MS: Final = 80.0
SMALL_FRAME: Final = 100_000
LARGE_FRAME: Final = 1_000_000
FRAME_ROUNDS: Final = 7  # quick, and small differences of large numbers


def measure(size: Size) -> list[Figure]:
    """All figures."""
    night = nights.night_of(size)
    contents = [(number, path.read_bytes()) for number, path in enumerate(night.hand_ins(size.files))]
    rows = read_rows(contents)
    return [*_whole(size, night), *_pandera(rows), *_one_by_one(rows)]


# --- (a) ---


def _whole(size: Size, night: Night) -> list[Figure]:
    costs = _whole_costs(size, night)
    details = {"rows": size.rows, "files": size.files, "peer_rows": size.peer_rows, "costs": rounds_of(costs)}

    def figure(name: str, unit: str, measured: float, at_least: float | None = None) -> Figure:
        return Figure(name, unit, measured, at_least=at_least, details=details, command=COMMAND)

    spent = middle(costs["ours"], "cpu_s") / size.rows * 1e6
    by_scan = ratio(costs, "ours", "plain scan", "cpu_s")
    by_peer = ratio(costs, "row by row", "ours, the peer's rows", "cpu_s")
    return [
        figure(f"parse + validate, CPU, {size.rows:,} rows", "us a row", spent),
        figure(f"parse + validate / plain scan, CPU, {size.rows:,} rows", "x", by_scan),
        figure(f"row by row / ours, CPU, {size.peer_rows:,} rows", "x", by_peer, AT_LEAST_PEER),
    ]


def _whole_costs(size: Size, night: Night) -> dict[str, list[Cost]]:
    inbox, peer_files = night.folder / "inbox", size.peer_rows // size.rows_a_file
    with tempfile.TemporaryDirectory() as name:
        joined, verdicts = Path(name) / "joined", Path(name) / "verdicts.csv"
        joined.mkdir()
        plain_scan.join(night.hand_ins(size.files), joined / "rows.csv")
        return in_turns(
            {
                "ours": partial(run_program, OURS, inbox, size.files, verdicts),
                "plain scan": partial(run_program, PLAIN_SCAN, joined, 1, verdicts),
                "ours, the peer's rows": partial(run_program, OURS, inbox, peer_files, verdicts),
                "row by row": partial(run_program, ROW_BY_ROW, inbox, peer_files, verdicts),
            },
            size.rounds,
        )


# --- (b) ---


class _NoSchema:
    """In place of the schema: asks nothing, so that `judge_rows` judges the columns by itself."""

    def validate(self, rows: pd.DataFrame, *, lazy: bool) -> None:
        """Nothing."""


def _pandera(rows: pd.DataFrame) -> Iterator[Figure]:
    small = rows.iloc[:SMALL_FRAME].copy()
    costs = in_turns(_with_and_without(small), FRAME_ROUNDS)
    pairs = zip(costs["pandera"], costs["vector checks"], strict=True)
    yield Figure(
        f"pandera beside the vector checks, one call of {len(small):,} rows, CPU",
        "ms",
        median((one.cpu_s - other.cpu_s) * 1000 for one, other in pairs),
        at_most=AT_MOST_PANDERA_MS,
        details={"rows": len(small), "costs": rounds_of(costs)},
        command=COMMAND,
    )
    if len(rows) >= LARGE_FRAME:
        costs = in_turns(_with_and_without(rows), FRAME_ROUNDS)
        yield Figure(
            f"pandera / the vector checks, one call of {len(rows):,} rows, CPU",
            "x",
            ratio(costs, "pandera", "vector checks", "cpu_s"),
            at_most=AT_MOST_PANDERA,
            details={"rows": len(rows), "costs": rounds_of(costs)},
            command=COMMAND,
        )


def _with_and_without(rows: pd.DataFrame) -> dict[str, Callable[[], Cost]]:
    def bare() -> Cost:
        with patch.object(employer_csv, "SCHEMA", _NoSchema()):
            return _timed(rows)

    return {"pandera": partial(_timed, rows), "vector checks": bare}


def _timed(rows: pd.DataFrame) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    judge_rows(rows)
    return Cost(time.perf_counter() - wall, time.process_time() - cpu, 0.0)


# --- (c) ---


def _one_by_one(rows: pd.DataFrame) -> Iterator[Figure]:
    with _counting() as cells:
        judge_rows(rows)
    for column, module in zip(JUDGES, ("person_id", "email_address", "phone"), strict=True):
        counted = {name: count for name, count in cells.items() if name.startswith(f"{module}.")}
        yield Figure(
            f"cells of {column} judged or normalised one by one",
            "%",
            sum(count["cells"] for count in counted.values()) / len(rows) * 100,
            details={"rows": len(rows), "functions": {name: dict(count) for name, count in counted.items()}},
            command=COMMAND,
        )


@contextmanager
def _counting() -> Iterator[dict[str, Counter[str]]]:
    """Counts, while it lasts, the cells and distinct texts that each per-value function is given."""
    counts: dict[str, Counter[str]] = {}

    def counted(method: Callable[..., None]) -> Callable[..., None]:
        def wrapped(sheet: ColumnSheet, at: Positions, function: Callable[[str], Any]) -> None:
            name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
            texts, _ = distinct(sheet.cells, at)
            counts.setdefault(name, Counter()).update(cells=len(at), distinct=len(texts))
            method(sheet, at, function)

        return wrapped

    with (
        patch.object(ColumnSheet, "check_each", counted(ColumnSheet.check_each)),
        patch.object(ColumnSheet, "normalize_each", counted(ColumnSheet.normalize_each)),
    ):
        yield counts


def main() -> None:
    """Measure and report."""
    size = sizes.chosen()
    report("validation", size, measure(size))


if __name__ == "__main__":
    main()
