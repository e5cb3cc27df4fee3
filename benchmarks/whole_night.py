"""A whole night against the least it can cost: `python -m benchmarks.whole_night`.

`run-batch --no-mailbox --no-mail` as a process of its own, its files already collected, against the limit
(`benchmarks.limit`): reading the same files once and inserting what the night leaves behind with the bare
driver, into the same tables with the same keys and indexes. Both in turns, on SQLite and on PostgreSQL.
Collecting is told apart. The bare limit, without keys, indexes and result logs, keeps the distance visible;
it is measured once.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import limit, nights, sizes
from benchmarks.figures import Figure, report
from benchmarks.measuring import Cost, in_turns, middle, ratio, rounds_of, run
from benchmarks.night_run import collect, run_batch
from benchmarks.nights import Kind, Night
from benchmarks.sizes import Size

COMMAND: Final = "python -m benchmarks.whole_night"
AT_MOST: Final[dict[Kind, float]] = {"sqlite": 2.0, "postgresql": 2.5}
ASKED_FROM: Final = 1_000_000  # rows; in a smaller night Python's start weighs too much


def measure(size: Size) -> list[Figure]:
    """Ratios to the limit, and collecting, on both kinds of database."""
    night = nights.night_of(size)
    return [figure for kind in nights.KINDS for figure in _figures(kind, night, size)]


def _figures(kind: Kind, night: Night, size: Size) -> list[Figure]:
    collecting: list[float] = []
    with tempfile.TemporaryDirectory(dir=sizes.folder()) as folder:
        rows = _finished_rows(kind, night, size, Path(folder))
        sides = {
            "run_batch": lambda: _ours(kind, night, size, collecting),
            "limit": lambda: _least(kind, night, size, rows),
        }
        costs = in_turns(sides, size.rounds, warms_up=False)  # the dump's night did
        costs["bare_limit"] = [_least(kind, night, size, rows, "bare")]
    collecting = collecting[-size.rounds :]
    pairs = zip(costs["run_batch"], collecting, strict=True)
    costs["with_collect"] = [replace(cost, wall_s=cost.wall_s + seconds) for cost, seconds in pairs]
    figures = _told(kind, size, costs, median(collecting))
    return [
        *figures,
        Figure(f"a night without files, {nights.TITLES[kind]}", "s", _idle(kind, night), command=COMMAND),
    ]


def _told(kind: Kind, size: Size, costs: dict[str, list[Cost]], collecting: float) -> list[Figure]:
    what = f"{size.rows:,} rows in {size.files:,} files, {nights.TITLES[kind]}"
    details = {f"{side}_median_s": round(middle(some), 3) for side, some in costs.items()}
    return [
        Figure(
            f"{what}: run-batch / limit",
            "x",
            ratio(costs, "run_batch", "limit"),
            at_most=AT_MOST[kind] if size.rows >= ASKED_FROM else None,
            details=details | {"rounds": rounds_of(costs)},
            command=COMMAND,
        ),
        Figure(f"{what}: collect", "s", collecting, command=COMMAND),
        Figure(
            f"{what}: collect and run-batch / limit",
            "x",
            ratio(costs, "with_collect", "limit"),
            command=COMMAND,
        ),
        Figure(
            f"{what}: run-batch / bare limit",
            "x",
            middle(costs["run_batch"]) / middle(costs["bare_limit"]),
            command=COMMAND,
        ),
    ]


def _finished_rows(kind: Kind, night: Night, size: Size, folder: Path) -> Path:
    """A dump of what the night leaves in the tables."""
    path = folder / "rows.pickle"
    with nights.installation(kind, night, files=size.files) as installation:
        run_batch(installation, rows=size.rows)
        limit.dump(installation.url, path)
    return path


def _ours(kind: Kind, night: Night, size: Size, collecting: list[float]) -> Cost:
    with nights.installation(kind, night, files=size.files) as installation:
        collecting.append(collect(installation))
        return run_batch(installation, rows=size.rows)


def _idle(kind: Kind, night: Night) -> float:
    """Seconds of a `run-batch` that finds nothing: what starting costs."""
    with nights.installation(kind, night, files=0) as installation:
        return run_batch(installation, rows=0).wall_s


def _least(kind: Kind, night: Night, size: Size, rows: Path, *bare: str) -> Cost:
    """Wall and CPU seconds inside the process, without its start; the peak is the process's."""
    with nights.installation(kind) as installation:
        program = (sys.executable, "-m", "benchmarks.limit")
        cost, told = run((*program, installation.url, rows, night.folder / "inbox", size.files, *bare))
    seconds = json.loads(told)
    return replace(cost, wall_s=seconds["wall_s"], cpu_s=seconds["cpu_s"])


def main() -> None:
    """Measure and report."""
    size = sizes.chosen()
    report("whole_night", size, measure(size))


if __name__ == "__main__":
    main()
