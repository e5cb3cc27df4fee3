"""`nhicard declaration`: consent declared once for all."""

from __future__ import annotations

from pathlib import Path

from tests.pipeline.cli.conftest import Nhicard


def _unit(ready: Path) -> str:
    name = next((ready / "inbox").glob("*.CSV")).name
    return name[:9]


def test_a_declaration_is_noted_listed_replaced_and_taken_back(nhicard: Nhicard, ready: Path) -> None:
    unit = _unit(ready)
    said = nhicard("declaration", "add", unit, "--reference", "A-17", "--declared-on", "2026-11-01")
    assert (said.code, unit in said.out) == (0, True), said.err
    assert nhicard("declaration", "list", "--json").json == {
        "declarations": [{"unit_code": unit, "declared_on": "2026-11-01", "reference": "A-17"}]
    }
    nhicard("declaration", "add", unit, "--reference", "B-18", "--declared-on", "2026-11-02")
    assert "B-18" in nhicard("declaration", "list").out
    assert nhicard("declaration", "remove", unit).code == 0
    assert "No unit" in nhicard("declaration", "list").out


def test_what_cannot_be_is_refused_in_one_line(nhicard: Nhicard, ready: Path) -> None:
    unknown = nhicard("declaration", "add", "999999999")
    assert (unknown.code, "does not know this unit" in unknown.err) == (2, True)
    unit = _unit(ready)
    none = nhicard("declaration", "remove", unit)
    assert (none.code, "nhicard declaration list" in none.err) == (2, True)
