"""A night worked in an installation, each time by a process of its own."""

from __future__ import annotations

import json
import sys
from typing import Final

from benchmarks.measuring import NHICARD, Cost, run
from benchmarks.nights import Installation

RUN_BATCH: Final = (NHICARD, "run-batch", "--no-mailbox", "--no-mail", "--json")
STAGES: Final = (sys.executable, "-m", "benchmarks.stages")


def collect(installation: Installation) -> float:
    """Record the drop folder's files; the seconds inside the process."""
    return stages(installation, "collect")["collect_s"]


def run_batch(installation: Installation, *, rows: int) -> Cost:
    """The command that people give; what it cost.

    Raises:
        SystemExit: it failed, or worked another number of rows.
    """
    cost, told = run(RUN_BATCH, environment=installation.environment)
    worked = json.loads(told)["rows"]
    if worked != rows:
        raise SystemExit(f"the night has {worked} rows instead of {rows}: nothing was measured")
    return cost


def stages(installation: Installation, *only: str) -> dict[str, float]:
    """Seconds of each stage, `benchmarks.stages`."""
    _, told = run((*STAGES, *only), environment=installation.environment)
    seconds: dict[str, float] = json.loads(told)
    return seconds
