"""The chart shows every figure that something was asked of, in a picture and in words."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import chart, figures
from benchmarks.figures import Figure
from benchmarks.sizes import SIZES

SMOKE = SIZES["smoke"]
SVG = "{http://www.w3.org/2000/svg}"
SHOWN = [
    Figure("a & b", "x", 1.0, at_most=2.0),
    Figure("far over", "s", 9.0, at_most=3.0),
    Figure("slower peer", "x", 30.0, at_least=15.0),
]
UNSHOWN = [Figure("only told", "s", 1.0), Figure("lost", "mails", 0, at_most=0)]


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ElementTree.Element:
    """The chart of a few figures."""
    monkeypatch.setenv("BENCH_DIR", str(tmp_path))
    figures.report("one", SMOKE, [*SHOWN, *UNSHOWN])
    monkeypatch.setenv("SIZE", "smoke")
    chart.main(str(tmp_path / "chart.svg"))
    return ElementTree.parse(tmp_path / "chart.svg").getroot()


def test_a_bar_is_the_share_of_its_bound_and_cut_where_the_chart_ends(drawn: ElementTree.Element) -> None:
    bars = [float(bar.get("width", "")) for bar in drawn.findall(f"{SVG}g/{SVG}rect")]
    half, cut, _ = bars
    assert bars == [half, cut, half]
    assert cut / half == pytest.approx(chart.LONGEST / 0.5, rel=0.01)


def test_whoever_cannot_see_it_is_told_the_same(drawn: ElementTree.Element) -> None:
    told = drawn.findtext(f"{SVG}desc", "")
    assert "a & b: 1x (at most 2x), reached." in told
    assert "far over: 9 s (at most 3 s), not reached." in told
    assert "only told" not in told
    assert drawn.findtext(f"{SVG}title")


def test_nothing_measured_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_DIR", str(tmp_path))
    with pytest.raises(SystemExit, match="make bench"):
        chart.draw(SMOKE)


def test_what_only_the_full_size_measured_is_shown_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_DIR", str(tmp_path))
    figures.report("one", SMOKE, SHOWN[:1])
    figures.report(
        "one", SIZES["full"], [Figure("a & b", "x", 9.0, at_most=2.0), Figure("large", "x", 1.0, 2.0)]
    )
    drawn = chart.draw(SMOKE)
    assert drawn.count("<rect") == 1 + 2
    assert "large" in drawn
    assert "9.00x" not in drawn
