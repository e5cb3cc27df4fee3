"""Rows sorted by their key, any number of them in bounded memory; of lines with one key the first is kept.

A large B-tree takes rows in key order far faster than in any other. So stretches of some hundred thousand
rows are sorted in memory and laid down in nameless files (gone with the process, whatever happens), then
merged block by block. Order is that of the bytes, as SQLite's own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Any, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import MachineUnusable

LINE_NUMBER: Final = "line_number"
KEY: Final = "whole_key"  # the key's cells in one text; cells hold no NUL, so it sorts as the cells do
STRETCH_ROWS: Final = 120_000  # about 20 MB of beneficiaries; a file each, so 200 of the whole country
BLOCK_ROWS: Final = 512  # of each stretch in memory while merging
T = TypeVar("T")


@dataclass(slots=True)
class Doubles:
    """Lines that were left out because an earlier one has their key.

    `equal` counts those equal in every cell, where they may be; `line` is the first of all others, or None.
    """

    may_be_equal: bool
    equal: int = 0
    line: int | None = None


def in_key_order(batches: Iterable[pa.RecordBatch], keys: Sequence[str]) -> Iterator[pa.Table]:
    """All rows of `batches` (with `line_number`, ascending) by `keys`, and by line where these are equal.

    Yields tables of any length with one column more, `whole_key`.

    Raises:
        MachineUnusable: there is no room for temporary files (in TMPDIR, as large as the rows).
    """
    with ExitStack() as files:
        stretches = [files.enter_context(_laid_down(stretch)) for stretch in _sorted_stretches(batches, keys)]
        yield from _one_ahead(_merged([_Stretch(file) for file in stretches]))


def first_of_each_key(ordered: Iterable[pa.Table], doubles: Doubles) -> Iterator[pa.Table]:
    """The first of each key, without `whole_key` and `line_number`; `doubles` collects the others."""
    before: pa.Table | None = None
    for table in ordered:
        rows = pa.concat_tables([before, table]) if before else table
        is_double = _equals_previous(rows)
        if is_double.any():
            place = np.maximum.accumulate(np.where(is_double, 0, np.arange(len(rows))))
            _note(doubles, rows, is_double, place)
        else:
            place = np.arange(len(rows))
        kept = ~is_double
        kept[: before.num_rows if before else 0] = False
        before = rows.slice(int(place[-1]), 1)
        rows = rows if kept.all() else rows.filter(pa.array(kept))
        if rows.num_rows:
            yield rows.drop_columns([KEY, LINE_NUMBER])


def _sorted_stretches(batches: Iterable[pa.RecordBatch], keys: Sequence[str]) -> Iterator[pa.Table]:
    waiting: list[pa.RecordBatch] = []
    for batch in _one_ahead(batches):
        if batch.num_rows:
            waiting.append(batch)
        if sum(batch.num_rows for batch in waiting) >= STRETCH_ROWS:
            yield _in_order(_with_key(waiting, keys))
            waiting.clear()
    if waiting:
        yield _in_order(_with_key(waiting, keys))


def _with_key(batches: list[pa.RecordBatch], keys: Sequence[str]) -> pa.Table:
    rows = pa.Table.from_batches(batches)
    cells = [rows.column(key).cast(pa.string()) for key in keys]
    return rows.append_column(KEY, pc.binary_join_element_wise(*cells, "\0"))


def _in_order(rows: pa.Table) -> pa.Table:
    return rows.sort_by([(KEY, "ascending"), (LINE_NUMBER, "ascending")])


def _laid_down(stretch: pa.Table) -> IO[bytes]:
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115  its reader closes it
        with pa.ipc.new_stream(file, stretch.schema) as stream:
            stream.write_table(stretch, max_chunksize=BLOCK_ROWS)
        file.seek(0)
        pa.default_memory_pool().release_unused()  # else Arrow keeps twice as much as it needs
    except OSError as error:
        raise MachineUnusable(f"temporary files: {error.strerror or 'cannot be written'}") from None
    return file


class _Stretch:
    """One sorted stretch; of what is not taken yet, `rows` holds the beginning."""

    def __init__(self, file: IO[bytes]) -> None:
        self._blocks = pa.ipc.open_stream(file)
        self.rows = self._blocks.schema.empty_table()
        self.is_all_here = False

    def refill(self) -> None:
        """Hold at least half a block: then all blocks end close to each other, and steps are large."""
        if self.is_all_here or self.rows.num_rows >= BLOCK_ROWS // 2:
            return
        try:
            self.rows = pa.concat_tables([self.rows, pa.Table.from_batches([self._blocks.read_next_batch()])])
        except StopIteration:
            self.is_all_here = True

    def take(self, last_key: str | None) -> pa.Table:
        """The rows up to and with `last_key`; all without one."""
        keys = self.rows.column(KEY)
        count = len(keys) if last_key is None else pc.sum(pc.less_equal(keys, last_key), min_count=0).as_py()
        taken, self.rows = self.rows.slice(0, count), self.rows.slice(count)
        return taken


def _merged(stretches: list[_Stretch]) -> Iterator[pa.Table]:
    while stretches:
        for stretch in stretches:
            stretch.refill()
        # What is not in memory yet comes after the last key of its own stretch's rows.
        last_key = min(
            (stretch.rows.column(KEY)[-1].as_py() for stretch in stretches if not stretch.is_all_here),
            default=None,
        )
        if rows := [taken for stretch in stretches if (taken := stretch.take(last_key))]:
            yield _in_order(pa.concat_tables(rows))
        stretches = [stretch for stretch in stretches if stretch.rows or not stretch.is_all_here]


def _one_ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items, the next one always being made in a thread: Arrow works while the database does."""
    coming = iter(items)
    with ThreadPoolExecutor(1) as maker:
        following = maker.submit(next, coming, None)
        while (item := following.result()) is not None:
            following = maker.submit(next, coming, None)
            yield item


def _equals_previous(rows: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    keys = rows.column(KEY)
    equal = pc.equal(keys.slice(1), keys.slice(0, max(len(keys) - 1, 0)))
    return np.concatenate([np.zeros(1, dtype=np.bool_), equal.to_numpy()])


def _note(
    doubles: Doubles, rows: pa.Table, is_double: np.ndarray[Any, Any], first: np.ndarray[Any, Any]
) -> None:
    again = np.flatnonzero(is_double)
    lines, firsts = rows.take(again), rows.take(first[again])
    refused = np.ones(len(again), dtype=np.bool_)
    if doubles.may_be_equal:
        refused = np.array([a != b for a, b in zip(_cells(lines), _cells(firsts), strict=True)])
        doubles.equal += int((~refused).sum())
    if refused.any():
        line = int(lines.column(LINE_NUMBER).to_numpy()[refused].min())
        doubles.line = min(line, doubles.line or line)


def _cells(rows: pa.Table) -> list[dict[str, object]]:
    cells: list[dict[str, object]] = rows.drop_columns([LINE_NUMBER]).to_pylist()
    return cells
