"""Facts about rows in key order: every row once, sorted, whatever the stretches; doubles are told."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import MachineUnusable
from pipeline.insured import key_order
from pipeline.insured.key_order import Doubles, first_of_each_key, in_key_order

Line = tuple[str, str, str | None]  # unit, person, end


def batches(lines: Sequence[Line], rows: int) -> Iterator[pa.RecordBatch]:
    """The lines, numbered from 2, in batches of so many rows."""
    for start in range(0, len(lines), rows):
        part = lines[start : start + rows]
        yield pa.RecordBatch.from_pydict(
            {
                "line_number": pa.array(range(start + 2, start + 2 + len(part)), pa.int64()),
                "unit": [line[0] for line in part],
                "person": [line[1] for line in part],
                "end": pa.array([line[2] for line in part], pa.string()),
            }
        )


def ordered(lines: Sequence[Line], *, may_be_equal: bool = True) -> tuple[list[Line], Doubles]:
    doubles = Doubles(may_be_equal)
    found = first_of_each_key(in_key_order(batches(lines, 3), ["unit", "person"]), doubles)
    return [tuple(row.values()) for table in found for row in table.to_pylist()], doubles


@pytest.fixture(scope="module", autouse=True)
def small_stretches() -> Iterator[None]:
    """Few rows make many stretches and blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_order, "STRETCH_ROWS", 7)
        patch.setattr(key_order, "BLOCK_ROWS", 2)
        yield


@pytest.mark.parametrize(
    ("lines", "equal", "line"),
    [
        pytest.param([], 0, None, id="no line"),
        pytest.param([("1", "A", None)], 0, None, id="one line"),
        pytest.param([("1", "A", None), ("1", "B", None)], 0, None, id="two people"),
        pytest.param([("1", "A", None), ("1", "A", None)], 1, None, id="a double line, open end"),
        pytest.param([("1", "A", "x")] * 30, 29, None, id="thirty times the same"),
        pytest.param([("1", "A", None), ("1", "A", "x")], 0, 3, id="one key, two ends"),
        pytest.param([("1", "A", None), ("1", "A", None), ("1", "A", "x")], 1, 4, id="both at once"),
        pytest.param(
            [("1", "A", None)] * 20 + [("1", "A", "x")], 19, 22, id="an end over many stretches later"
        ),
    ],
)
def test_equal_lines_are_counted_and_other_double_keys_found(
    lines: list[Line], equal: int, line: int | None
) -> None:
    kept, doubles = ordered(lines)
    assert (doubles.equal, doubles.line) == (equal, line)
    assert kept == sorted({line[:2]: line for line in reversed(lines)}.values(), key=lambda line: line[:2])


def test_a_batch_without_rows_is_no_end() -> None:
    some = [*batches([("2", "B", None)], 1), next(batches([("1", "A", None)], 1)).slice(1)]
    assert [len(table) for table in in_key_order([some[1], *some], ["unit", "person"])] == [1]


def test_where_lines_may_not_be_equal_the_first_equal_one_is_told() -> None:
    _, doubles = ordered([("2", "B", None), ("1", "A", None), ("2", "B", None)], may_be_equal=False)
    assert (doubles.equal, doubles.line) == (0, 4)


def test_a_short_cell_comes_before_a_longer_one_whatever_follows() -> None:
    kept, _ = ordered([("1", "A2", None), ("1", "A", None), ("10", "A", None), ("1", "林", None)])
    assert [line[:2] for line in kept] == [("1", "A"), ("1", "A2"), ("1", "林"), ("10", "A")]


def test_no_room_for_temporary_files_is_the_machine_s_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "away"))
    with pytest.raises(MachineUnusable, match="temporary files: No such file or directory"):
        ordered([("1", "A", None)])


cells = st.text("AB林", min_size=1, max_size=2)


@given(st.lists(st.tuples(cells, cells, st.none() | st.just("x")), max_size=60))
def test_every_key_comes_once_in_order_with_its_first_line(lines: list[Line]) -> None:
    kept, doubles = ordered(lines)
    first: dict[tuple[str, str], Line] = {}
    others = [number for number, line in enumerate(lines, 2) if first.setdefault(line[:2], line) != line]
    assert kept == [first[key] for key in sorted(first)]
    assert doubles.line == min(others, default=None)
    assert doubles.equal == len(lines) - len(first) - len(others)
