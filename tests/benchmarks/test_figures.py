"""Figures keep or miss what was asked, and a report keeps what other benchmarks and sizes found."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import figures, sizes
from benchmarks.figures import Figure
from benchmarks.sizes import SIZES

SMOKE, DEFAULT = SIZES["smoke"], SIZES["default"]


@pytest.mark.parametrize(
    ("figure", "asked", "is_reached"),
    [
        pytest.param(Figure("n", "x", 2.0, at_most=2.0), "at most 2x", True, id="at most, reached"),
        pytest.param(Figure("n", "s", 2.1, at_most=2.0), "at most 2 s", False, id="at most, missed"),
        pytest.param(Figure("n", "x", 0.2, at_least=0.1), "at least 0.1x", True, id="at least, reached"),
        pytest.param(Figure("n", "x", 14, at_least=15), "at least 15x", False, id="at least, missed"),
        pytest.param(Figure("n", "rows/s", 14), "", True, id="nothing asked"),
    ],
)
def test_a_figure_says_what_was_asked_and_whether_it_is_reached(
    figure: Figure, asked: str, is_reached: bool
) -> None:
    assert (figures.bound(figure), figure.is_reached) == (asked, is_reached)


@pytest.mark.parametrize(
    ("measured", "told"), [(1.234, "1.23 s"), (12.34, "12.3 s"), (123.4, "123 s"), (1234567, "1,234,567 s")]
)
def test_three_digits_count(measured: float, told: str) -> None:
    assert figures.told(Figure("n", "s", measured)) == told


def test_a_report_takes_the_place_of_the_benchmarks_last_one_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BENCH_DIR", str(tmp_path))
    old, new, other = (Figure(name, "x", 1) for name in ("old", "new", "other"))
    for benchmark, size, figure in (
        ("one", SMOKE, old),
        ("two", SMOKE, other),
        ("one", DEFAULT, other),
        ("one", SMOKE, new),
    ):
        figures.report(benchmark, size, [figure])
    assert figures.reported(SMOKE) == [new, other]
    assert figures.reported(DEFAULT) == [other]
    assert "PostgreSQL" in figures.results()["smoke"]["versions"]["postgresql"]
    assert "old" in capsys.readouterr().out


def test_a_size_that_there_is_not_is_refused_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIZE", "huge")
    with pytest.raises(SystemExit, match="smoke, default, full"):
        sizes.chosen()
    monkeypatch.setenv("SIZE", "")
    assert sizes.chosen() == DEFAULT
