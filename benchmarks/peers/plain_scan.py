"""The limit of every reader: `pyarrow.csv` over the same rows, joined and recoded before; nothing is judged.

Not run by the peers' interpreter but by ours, with the reader's options of the intake; it writes no verdicts.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from benchmarks.peers.program import decoded, run

BLOCK_BYTES = 1 << 25


def join(files: Sequence[Path], target: Path) -> None:
    """Write the data rows of all files as one file of UTF-8, without headers."""
    with target.open("w", encoding="utf-8", newline="") as joined:
        for path in files:
            rows = io.StringIO(decoded(path.read_bytes()), newline="")
            rows.readline()
            joined.write(rows.read())


def scan(files: Sequence[Path]) -> int:
    """Parse each file (there is one, the joined) into three columns of text; how many rows."""
    types = dict.fromkeys(("id", "email", "phone"), pa.large_string())
    return sum(
        arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(column_names=list(types), block_size=BLOCK_BYTES),
            convert_options=arrow_csv.ConvertOptions(column_types=types, strings_can_be_null=False),
        ).num_rows
        for path in files
    )


if __name__ == "__main__":
    run(scan, lambda _: ())
