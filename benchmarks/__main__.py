"""What `make bench` runs: every benchmark in turn, each a process of its own; then one table and a chart."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Final

from benchmarks import chart, sizes
from benchmarks.figures import print_table, reported, results_file

BENCHMARKS: Final = (
    "whole_night",
    "growth",
    "dag_run",
    "agreement",
    "validation",
    "insured_check",
    "register_load",
    "check_command",
    "mail_intake",
    "mail_delivery",
    "card_reader",
)


def main() -> int:
    """Measure everything of the chosen size; 1 when a benchmark could not be run, or found something wrong.

    Whether a machine is quick enough is for people to see; a mail that is lost, or a verdict that nobody can
    explain, is a fault on any machine.
    """
    size = sizes.chosen()
    began = time.monotonic()
    failed = [name for name in BENCHMARKS if not _is_measured(name)]
    print_table(
        f"Everything with a bound, SIZE {size.name}", [one for one in reported(size) if one.has_bound]
    )
    drawing = sizes.folder() / f"{size.name}.svg"
    chart.main(str(drawing))
    print(
        f"{time.monotonic() - began:.0f} s; all rounds, machine, versions: {results_file()}; chart: {drawing}"
    )
    if failed:
        print(f"Not measured this time: {', '.join(failed)}", file=sys.stderr)
    wrong = [figure.name for figure in reported(size) if figure.at_most == 0 and not figure.is_reached]
    if wrong:
        print(f"WRONG: {'; '.join(wrong)}", file=sys.stderr)
    return bool(failed or wrong)


def _is_measured(name: str) -> bool:
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    print(f"{name}: {time.monotonic() - began:.0f} s\n", flush=True)
    return ended == 0


if __name__ == "__main__":
    sys.exit(main())
