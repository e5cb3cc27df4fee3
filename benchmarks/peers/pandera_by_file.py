"""The peer of data teams: pandas and pandera the usual way, one lazy validation a file, its cases read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pandera.pandas as pandera
from pandera.errors import SchemaErrors

from benchmarks.peers.program import COLUMNS, HEADERS, Verdict, decoded, run
from benchmarks.peers.row_by_row import clean, clean_id, clean_phone, is_id

EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"
PHONE = r"^0[2-9][0-9]{7,8}(#[0-9]+)?$"

SCHEMA = pandera.DataFrameSchema(
    {
        "id": pandera.Column(str, pandera.Check(is_id, element_wise=True)),
        "email": pandera.Column(str, pandera.Check.str_matches(EMAIL)),
        "phone": pandera.Column(str, pandera.Check.str_matches(PHONE)),
    }
)


def judge(files: Sequence[Path]) -> list[Verdict]:
    """The verdicts on all rows of all files."""
    return [verdict for path in files for verdict in _judge_file(path)]


def _judge_file(path: Path) -> list[Verdict]:
    text = io.StringIO(decoded(path.read_bytes()))
    frame = pd.read_csv(text, dtype=str, keep_default_na=False).rename(
        columns=dict(zip(HEADERS, COLUMNS, strict=True))
    )
    for column, cleaned in (("id", clean_id), ("email", clean), ("phone", clean_phone)):
        frame[column] = frame[column].map(cleaned)
    faults: list[list[str]] = [[] for _ in range(len(frame))]
    try:
        SCHEMA.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        for row, column in zip(cases["index"], cases["column"], strict=True):
            faults[int(row)].append(column)
    return [(path.name, number, " ".join(found)) for number, found in enumerate(faults, 1)]


if __name__ == "__main__":
    run(judge, iter)
