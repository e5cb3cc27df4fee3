"""The row frame: every data row of many files in one table, from both readers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.bulk.intake.employer_file.careful_rows import CarefulFile
from pipeline.bulk.intake.employer_file.plain_rows import COLUMNS, PlainFile, parse_plain


def build_frame(files: Sequence[tuple[int, PlainFile | CarefulFile]]) -> pd.DataFrame:
    """Returns file_id, row_number, line_number, national_id, email, phone of every row, file after file."""
    file_ids = np.array([file_id for file_id, _ in files], dtype=np.int64)
    counts = np.array([file.row_count for _, file in files], dtype=np.int64)
    starts = np.cumsum(counts) - counts
    row_number = np.arange(1, counts.sum() + 1) - np.repeat(starts, counts)
    return pd.DataFrame(
        {
            "file_id": np.repeat(file_ids, counts),
            "row_number": row_number.astype(np.int32),
            "line_number": _line_numbers([file for _, file in files], starts, counts, row_number),
            **_cell_columns([file for _, file in files], counts),
        }
    )


def _line_numbers(
    files: Sequence[PlainFile | CarefulFile], starts: np.ndarray, counts: np.ndarray, row_number: np.ndarray
) -> np.ndarray:
    """A row's line in a plain file is its number, one more below a header; a careful file brings its own."""
    headers = np.array([file.has_header for file in files], dtype=np.int64)
    lines = row_number + np.repeat(headers, counts)
    for start, file in zip(starts, files, strict=True):
        if isinstance(file, CarefulFile):
            lines[start : start + file.row_count] = file.line_numbers
    return lines.astype(np.int32)


def _cell_columns(files: Sequence[PlainFile | CarefulFile], counts: np.ndarray) -> dict[str, pd.Series]:
    """The three columns: all plain files are parsed at once, the others put between them in order."""
    table = parse_plain([file.body for file in files if isinstance(file, PlainFile)])
    careful = [file for file in files if isinstance(file, CarefulFile)]
    if careful:
        is_careful = np.repeat([isinstance(file, CarefulFile) for file in files], counts)
        source = np.argsort(is_careful, kind="stable")  # for each row of both tables: its place in the frame
        order = np.empty_like(source)
        order[source] = np.arange(len(source))
        table = pa.concat_tables([table, _careful_table(careful)]).take(pa.array(order))
    return {name: table[name].to_pandas().astype("str") for name in COLUMNS}


def _careful_table(files: Sequence[CarefulFile]) -> pa.Table:
    columns = (
        chain.from_iterable(file.national_ids for file in files),
        chain.from_iterable(file.emails for file in files),
        chain.from_iterable(file.phones for file in files),
    )
    return pa.table(
        {name: pa.array(cells, pa.large_string()) for name, cells in zip(COLUMNS, columns, strict=True)}
    )
