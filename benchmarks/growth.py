"""How a night's cost grows, and what many small files cost: `python -m benchmarks.growth`.

Growth: `run-batch` on ever more files of one night, already collected; its wall seconds, its memory's peak.
Many files: every stage of the night in one process (`benchmarks.stages`) on files of a hundred rows, against
as many rows in files of 100,000. An answer is owed for each file whatever its length: letters are told apart.
SQLite.
"""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import Final

from benchmarks import nights, sizes
from benchmarks.figures import Figure, report
from benchmarks.measuring import Cost, in_turns, middle, ratio, rounds_of
from benchmarks.night_run import collect, run_batch, stages
from benchmarks.nights import Night
from benchmarks.sizes import Size

COMMAND: Final = "python -m benchmarks.growth"
LONGEST_FILE: Final = 100_000  # rows; the drop folder takes no longer one
PEOPLE_A_ROW: Final = 2.4  # of the registers of many and of few files
ROUNDS: Final = {"smoke": 1, "default": 1, "full": 3}
MOST_MEMORY_MB: Final = 450
MOST_GROWTH: Final = 1.1  # of wall seconds, as a multiple of the growth of rows
MOST_FOR_FILES: Final = 1.5


def measure(size: Size) -> list[Figure]:
    """Growth of wall time and memory; many small files against few long ones."""
    return [*_growth(size), *_many_files(size)]


def _growth(size: Size) -> list[Figure]:
    night = nights.night_of(size)
    sides = {str(rows): partial(_run, night, rows, size) for rows in size.growth}
    costs = in_turns(sides, ROUNDS[size.name], warms_up=False)
    *_, less, most = size.growth
    details = {
        "rounds": rounds_of(costs),
        "wall_median_s": {rows: round(middle(some), 2) for rows, some in costs.items()},
        "peak_median_mb": {rows: round(middle(some, "rss_mb")) for rows, some in costs.items()},
    }
    return [
        Figure(
            f"run-batch of {most:,} rows / of {less:,}, wall",
            "x",
            ratio(costs, str(most), str(less)),
            at_most=MOST_GROWTH * most / less,
            details=details,
            command=COMMAND,
        ),
        Figure(
            f"run-batch of {most:,} rows: peak of resident memory",
            "MB",
            max(cost.rss_mb for some in costs.values() for cost in some),
            at_most=MOST_MEMORY_MB,
            command=COMMAND,
        ),
    ]


def _run(night: Night, rows: int, size: Size) -> Cost:
    with nights.installation("sqlite", night, files=rows // size.rows_a_file) as installation:
        collect(installation)
        return run_batch(installation, rows=rows)


def _many_files(size: Size) -> list[Figure]:
    numbers = {"many": size.files, "few": max(1, size.rows // LONGEST_FILE)}
    people = round(size.rows * PEOPLE_A_ROW)
    sides = {
        side: nights.make_night(people=people, rows=size.rows, files=files) for side, files in numbers.items()
    }
    seconds: dict[str, list[dict[str, float]]] = {"many": [], "few": []}
    working = {side: partial(_stages, night, seconds[side]) for side, night in sides.items()}
    in_turns(working, size.rounds, warms_up=False)
    rounds = seconds

    def apart(*left_out: str) -> float:
        many, few = ([_total(one, left_out) for one in rounds[side]] for side in ("many", "few"))
        return median(a / b for a, b in zip(many, few, strict=True))

    what = f"{size.rows:,} rows in {numbers['many']:,} files / in {numbers['few']:,}"
    return [
        Figure(
            f"{what}, letters apart",
            "x",
            apart("deliver_s"),
            at_most=MOST_FOR_FILES,
            details={"rounds": rounds},
            command=COMMAND,
        ),
        Figure(f"{what}, letters included", "x", apart(), command=COMMAND),
        Figure(f"{what}, letters and collect apart", "x", apart("deliver_s", "collect_s"), command=COMMAND),
    ]


def _total(spent: dict[str, float], left_out: tuple[str, ...]) -> float:
    return sum(seconds for stage, seconds in spent.items() if stage not in left_out)


def _stages(night: Night, seconds: list[dict[str, float]]) -> Cost:
    with nights.installation("sqlite", night) as installation:
        spent = stages(installation)
    seconds.append(spent)
    return Cost(wall_s=sum(spent.values()), cpu_s=0, rss_mb=0)


def main() -> None:
    """Measure and report."""
    size = sizes.chosen()
    report("growth", size, measure(size))


if __name__ == "__main__":
    main()
