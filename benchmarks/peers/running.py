"""Start one of these programs and hear what it cost inside."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from benchmarks.measuring import Cost, run
from pipeline.settings import ROOT

OURS: Final = "fast_path"
PLAIN_SCAN: Final = "plain_scan"
ROW_BY_ROW: Final = "row_by_row"
SLOW_PATH: Final = "slow_path"
PEERS: Final = (ROW_BY_ROW, SLOW_PATH, "pydantic_rows", "pandera_by_file")  # in the environment of their own

_PYTHON: Final = Path(sys.prefix) / "peers" / "bin" / "python"


def are_there() -> bool:
    """Whether the peers' environment is made."""
    return _PYTHON.exists()


def run_program(name: str, inbox: Path, files: int, verdicts: Path) -> Cost:
    """Let a program judge the first `files` files; CPU and wall seconds are those it counted inside.

    Raises:
        SystemExit: the peers' environment is missing, or the program failed.
    """
    if name in PEERS and not are_there():
        raise SystemExit("the environment of the peers is missing: `make .venv/peers/ready` makes it")
    python = _PYTHON if name in PEERS else sys.executable
    command = [python, "-m", f"benchmarks.peers.{name}", inbox, files, verdicts]
    whole, said = run(command, environment={"PYTHONPATH": str(ROOT)})
    inside = json.loads(said)
    return Cost(inside["wall_s"], inside["cpu_s"], whole.rss_mb)
