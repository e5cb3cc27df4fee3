"""Figures: what was measured, what was asked, and where both are written."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import postgresql, sizes
from benchmarks.sizes import Size

PACKAGES: Final = (
    *("apache-airflow", "email-validator", "pandas", "pandera"),
    *("phonenumbers", "psycopg", "pyarrow", "sqlalchemy"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value, the bound it was asked to keep, and how to measure it alone."""

    name: str
    unit: str
    measured: float
    at_most: float | None = None
    at_least: float | None = None
    details: dict[str, Any] = field(default_factory=dict)
    command: str = ""

    @property
    def has_bound(self) -> bool:
        """Was anything asked of it?"""
        return self.at_most is not None or self.at_least is not None

    @property
    def is_reached(self) -> bool:
        """Does it keep its bound? One without a bound does."""
        if self.at_most is not None:
            return self.measured <= self.at_most
        return self.at_least is None or self.measured >= self.at_least


def report(benchmark: str, size: Size, figures: list[Figure]) -> None:
    """Print a table, and put the figures in place of this benchmark's last ones of this size."""
    print_table(f"{benchmark}, SIZE {size.name}", figures)
    known = results()
    of_size = known.setdefault(size.name, {"benchmarks": {}})
    of_size |= {"size": asdict(size), "machine": machine(), "versions": versions()}
    of_size["benchmarks"][benchmark] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "figures": [asdict(figure) | {"is_reached": figure.is_reached} for figure in figures],
    }
    path = results_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")


def reported(size: Size) -> list[Figure]:
    """All figures of a size, as they were last measured."""
    names = [one.name for one in fields(Figure)]
    benchmarks = results().get(size.name, {"benchmarks": {}})["benchmarks"].values()
    return [
        Figure(**{name: found[name] for name in names})
        for benchmark in benchmarks
        for found in benchmark["figures"]
    ]


def results() -> dict[str, Any]:
    """For each size machine, versions, and the figures of each benchmark with the time of measuring."""
    path = results_file()
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def results_file() -> Path:
    """Where the figures of all benchmarks and sizes stand."""
    return sizes.folder() / "results.json"


def print_table(title: str, figures: Iterable[Figure]) -> None:
    """What, bound, measured, reached or not."""
    table = Table(title=title, box=box.SIMPLE, title_justify="left")
    table.add_column("what", overflow="fold")
    for column in ("asked", "measured", ""):
        table.add_column(column, justify="right", no_wrap=True)
    for figure in figures:
        table.add_row(figure.name, bound(figure), told(figure), _verdict(figure))
    Console(width=110).print(table)


def bound(figure: Figure) -> str:
    """What was asked, in words; empty where nothing was."""
    if figure.at_most is not None:
        return f"at most {figure.at_most:,g}{_unit(figure)}"
    return "" if figure.at_least is None else f"at least {figure.at_least:,g}{_unit(figure)}"


def _verdict(figure: Figure) -> str:
    if not figure.has_bound:
        return ""
    return "reached" if figure.is_reached else "NOT reached"


def told(figure: Figure) -> str:
    """The measured value with its unit; three digits that count."""
    value = figure.measured
    places = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{places}f}{_unit(figure)}"


def _unit(figure: Figure) -> str:
    return figure.unit if figure.unit == "x" else f" {figure.unit}"


def machine() -> dict[str, Any]:
    """What the figures were measured on; its name stays out."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu_model(),
        "memory_gb": round(memory / 2**30, 1),
        "system": f"{platform.freedesktop_os_release().get('PRETTY_NAME', '')}, Linux {platform.release()}",
    }


def versions() -> dict[str, str]:
    """Of what does the work."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "postgresql": postgresql.version(),
        **{package: version(package) for package in PACKAGES},
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
