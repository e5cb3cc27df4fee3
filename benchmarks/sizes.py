"""How large the benchmarks are (`SIZE`), and where their data and results lie (`BENCH_DIR`)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.settings import ROOT


@dataclass(frozen=True, slots=True)
class Size:
    """One night and how often it is measured.

    `rows` in `files` against a register of `people`; peers read `peer_rows`; `growth` are rows, ascending.
    """

    name: str
    rows: int
    files: int
    people: int
    peer_rows: int
    rounds: int
    growth: tuple[int, ...]

    @property
    def rows_a_file(self) -> int:
        """Every file of a night is as long as the others."""
        return self.rows // self.files


SIZES: Final = {
    size.name: size
    for size in (
        Size("smoke", 1_000, 10, 5_000, 1_000, 1, (500, 1_000)),
        Size("default", 100_000, 1_000, 2_400_000, 20_000, 3, (20_000, 100_000)),
        Size("full", 1_000_000, 10_000, 24_000_000, 100_000, 3, (100_000, 1_000_000, 10_000_000)),
    )
}


def chosen() -> Size:
    """The size that the environment names; without a word the default one.

    Raises:
        SystemExit: it names none that there is.
    """
    name = os.environ.get("SIZE") or "default"
    if name not in SIZES:
        raise SystemExit(f"SIZE={name}: choose one of {', '.join(SIZES)}, or leave it out")
    return SIZES[name]


def folder() -> Path:
    """Where benchmarks keep made-up data, prepared databases and results; delete it whenever you like."""
    return Path(os.environ.get("BENCH_DIR") or ROOT / "var" / "bench")
