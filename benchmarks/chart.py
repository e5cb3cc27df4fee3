"""A chart of the last results: `python -m benchmarks.chart [SVG]`, by default `docs/benchmarks.svg`.

Each bar is how much of its bound a figure uses: what was measured over what is allowed at most, or what is
asked at least over what was measured. The bounds of all figures so lie on one line.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment

from benchmarks import sizes
from benchmarks.figures import Figure, bound, reported, results, told
from benchmarks.sizes import SIZES, Size
from pipeline.settings import ROOT

TEMPLATE: Final = Path(__file__).with_name("chart.svg.jinja")
WIDTH: Final = 800
MARGIN: Final = 24
HEAD: Final = 96
ROW: Final = 38
LONGEST: Final = 1.6  # a bar that uses more of its bound than this is cut off there
UNITS: Final = ("x", "s", "ms", "MB")  # counts are in the table only


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure as it is drawn; `y` and `length` in pixels."""

    name: str
    told: str
    y: int
    length: float
    is_reached: bool
    is_cut: bool


def draw(size: Size) -> str:
    """The SVG of a size's results.

    Raises:
        SystemExit: nothing of this size was measured yet.
    """
    everything = [*(_of_the_full_size(size)), *reported(size)]
    shown = [one for one in everything if one.has_bound and one.at_most != 0 and one.unit in UNITS]
    if not shown:
        raise SystemExit(f"nothing of SIZE {size.name} was measured yet: `make bench` does it")
    found = results()[size.name]
    scale = (WIDTH - 2 * MARGIN) / LONGEST
    bars = [_bar(figure, HEAD + number * ROW, scale) for number, figure in enumerate(shown)]
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        TEMPLATE.read_text(encoding="utf-8")
    )
    return template.render(
        width=WIDTH,
        height=HEAD + ROW * len(bars) + 56,
        margin=MARGIN,
        head=HEAD,
        scale=scale,
        ticks=[0, 0.5, 1, 1.5],
        bars=bars,
        size=size,
        machine=found["machine"],
        versions=found["versions"],
        day=max(one["measured_at"] for one in found["benchmarks"].values())[:10],
    )


def _of_the_full_size(size: Size) -> list[Figure]:
    """What was measured at the full size only."""
    names = {figure.name for figure in reported(size)}
    return [figure for figure in reported(SIZES["full"]) if figure.name not in names]


def _bar(figure: Figure, y: int, scale: float) -> Bar:
    used = _share(figure)
    return Bar(
        name=figure.name,
        told=f"{told(figure)} ({bound(figure)})",
        y=y,
        length=round(min(used, LONGEST) * scale, 1),
        is_reached=figure.is_reached,
        is_cut=used > LONGEST,
    )


def _share(figure: Figure) -> float:
    if figure.at_most is not None:
        return figure.measured / figure.at_most
    return (figure.at_least or 0) / figure.measured


def main(path: str = str(ROOT / "docs" / "benchmarks.svg")) -> None:
    """Draw the chosen size's results."""
    Path(path).write_text(draw(sizes.chosen()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
