"""Our own way as the night goes it: files parsed and judged in frames of a hundred thousand rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from benchmarks.peers.program import COLUMNS, Verdict, run
from pipeline.bulk.intake.employer_file.opening import read_rows
from validators.employer_csv import judge_rows

FRAME_ROWS = 100_000  # as `NHICARD_CHUNK_ROWS` comes

Frames = tuple[Sequence[Path], list[pd.DataFrame]]  # `file_id` counts the files from 0


def judge(files: Sequence[Path]) -> Frames:
    """Every row of all files, judged."""
    return files, [judge_rows(read_rows(chunk)) for chunk in _chunks(files)]


def verdicts(judged: Frames) -> Iterator[Verdict]:
    """What was found, a row at a time."""
    files, frames = judged
    for frame in frames:
        columns = [frame["file_id"], frame["row_number"], *(frame[f"{name}_fault"] for name in COLUMNS)]
        for file_id, row, *faults in zip(*(column.tolist() for column in columns), strict=True):
            bad = (name for name, fault in zip(COLUMNS, faults, strict=True) if fault)
            yield files[file_id].name, row, " ".join(bad)


def _chunks(files: Iterable[Path]) -> Iterator[list[tuple[int, bytes]]]:
    """The files' bytes with their numbers, as many together as stay within a frame by their line ends."""
    chunk: list[tuple[int, bytes]] = []
    rows = 0
    for number, path in enumerate(files):
        content = path.read_bytes()
        lines = content.count(b"\n") - 1  # the header's is none
        if chunk and rows + lines > FRAME_ROWS:
            yield chunk
            chunk, rows = [], 0
        chunk.append((number, content))
        rows += lines
    if chunk:
        yield chunk


if __name__ == "__main__":
    run(judge, verdicts)
