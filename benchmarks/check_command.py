"""`nhicard check` against the least it could do: `python -m benchmarks.check_command`.

The command on one made-up file, against a process that imports pandas and pandera and reads the file; CPU
seconds of both processes, user and system, in turns.
"""

from __future__ import annotations

import sys
from typing import Final

from benchmarks import nights, sizes
from benchmarks.figures import Figure, report
from benchmarks.growth import PEOPLE_A_ROW
from benchmarks.measuring import NHICARD, Cost, in_turns, ratio, rounds_of, run
from benchmarks.sizes import Size

MOST_ROWS: Final = 100_000
AT_MOST: Final = 2.0
READ_ONLY: Final = "import sys, pandas, pandera.pandas; pandas.read_csv(sys.argv[1], {})"
OPTIONS: Final = "dtype=str, encoding_errors='replace'"  # a made-up file may be in CP950


def measure(size: Size) -> list[Figure]:
    """One ratio."""
    rows = min(size.rows, MOST_ROWS)
    night = nights.make_night(people=round(rows * PEOPLE_A_ROW), rows=rows, files=1)
    (sample,) = night.hand_ins()

    def check() -> Cost:
        return run([NHICARD, "check", sample, "--json"], accepted=(0, 1))[0]

    def read_only() -> Cost:
        return run([sys.executable, "-c", READ_ONLY.format(OPTIONS), sample])[0]

    costs = in_turns({"check": check, "read_only": read_only}, size.rounds)
    return [
        Figure(
            f"nhicard check of {rows:,} rows / only importing pandas and pandera and reading it, CPU",
            "x",
            ratio(costs, "check", "read_only", "cpu_s"),
            at_most=AT_MOST,
            details={"rounds": rounds_of(costs)},
            command="python -m benchmarks.check_command",
        )
    ]


def main() -> None:
    """Measure and report."""
    size = sizes.chosen()
    report("check_command", size, measure(size))


if __name__ == "__main__":
    main()
