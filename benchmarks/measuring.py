"""What a process costs, and ratios of processes that took turns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final, Literal

NHICARD: Final = Path(sys.executable).with_name("nhicard")
LAUNCHER: Final = Path(__file__).with_name("launcher.py")

Measure = Literal["wall_s", "cpu_s", "rss_mb"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds, CPU seconds (user and system), and the peak of resident memory in MiB."""

    wall_s: float
    cpu_s: float
    rss_mb: float


def run(
    command: Sequence[object],
    *,
    environment: Mapping[str, str] | None = None,
    accepted: tuple[int, ...] = (0,),
) -> tuple[Cost, str]:
    """Run a command as a process of its own, with `environment` added to ours; its cost and its output.

    Raises:
        SystemExit: it ended with another code; what it wrote to stderr is in the text.
    """
    surroundings = os.environ | dict(environment or {})
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)  # else every process compiles everything again
    words = [str(word) for word in command]
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "cost.json"
        launched = [sys.executable, "-I", "-S", str(LAUNCHER), str(note), *words]
        done = subprocess.run(launched, env=surroundings, capture_output=True, text=True, check=False)
        if done.returncode not in accepted:
            raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stderr}")
        return Cost(**json.loads(note.read_text(encoding="ascii"))), done.stdout


def in_turns(
    sides: Mapping[str, Callable[[], Cost]], rounds: int, *, warms_up: bool = True
) -> dict[str, list[Cost]]:
    """What each side cost in each round; the sides take turns.

    Several rounds begin with one that does not count, where nothing before compiled modules and filled the
    disk's cache.
    """
    if rounds > 1 and warms_up:
        for work in sides.values():
            work()
    costs: dict[str, list[Cost]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, work in sides.items():
            costs[name].append(work())
    return costs


def ratio(costs: Mapping[str, Sequence[Cost]], a: str, b: str, by: Measure = "wall_s") -> float:
    """The median of the rounds' ratios of side `a` to side `b`."""
    pairs = zip(costs[a], costs[b], strict=True)
    found: float = median(getattr(one, by) / getattr(other, by) for one, other in pairs)
    return found


def middle(costs: Sequence[Cost], by: Measure = "wall_s") -> float:
    """The median of one side's rounds."""
    found: float = median(getattr(cost, by) for cost in costs)
    return found


def rounds_of(costs: Mapping[str, Sequence[Cost]]) -> dict[str, Any]:
    """All rounds of all sides, rounded, for a figure's details."""
    return {
        side: [{name: round(value, 3) for name, value in asdict(cost).items()} for cost in some]
        for side, some in costs.items()
    }
