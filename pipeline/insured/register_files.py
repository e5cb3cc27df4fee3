"""The register's four files, `.csv` or `.parquet`: found, their columns compared, read in record batches.

Source of names and columns: interfaces, Register files. Memory holds one record batch, whatever the size.
A refusal names file, line and column, never a value. Lines count the header as 1 and leave blank lines out;
in Parquet a line is the row's number plus 1.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from pipeline.errors import ArgumentRefused
from pipeline.insured.key_order import LINE_NUMBER
from pipeline.insured.queries.register import FEEDS
from pipeline.insured.register_cells import BadCellError, next_day, typed

OPTIONAL: Final[dict[str, frozenset[str]]] = {
    "units": frozenset({"business_no", "unit_kind", "head_national_id", "region", "phone", "address"}),
    "contacts": frozenset({"national_id", "role", "valid_from", "valid_to"}),
    "beneficiaries": frozenset({"former_id", "mailing_address", "phone"}),
    "coverage": frozenset({"insured_national_id", "dependant_kind", "insured_amount"}),
}
BLOCK_BYTES: Final = 4 * 1024 * 1024
BATCH_ROWS: Final = 32_768
READ_AHEAD_BYTES: Final = 64 * 1024  # of a Parquet column; by default Arrow holds whole row groups
NAME_CHARACTERS: Final = 40  # of an ignored column's name


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """One of the four: `columns` are those of ours that it has, in its own order."""

    word: str
    path: Path
    columns: tuple[str, ...]
    ignored_columns: tuple[str, ...]

    @property
    def keys(self) -> list[str]:
        """The columns that tell two of its rows apart, in the table's order."""
        return [column.name for column in FEEDS[self.word].values() if column.is_key]

    def refused(self, line: int, column: str, reason: str) -> ArgumentRefused:
        """What to raise for one place of this file."""
        return ArgumentRefused(f"{self.path.name}, line {line}, column {column}: {reason}")


def find_register_files(folder: Path) -> tuple[RegisterFile, ...]:
    """The four files of `folder` with their columns; no row is read yet.

    Raises:
        ArgumentRefused: a file is missing, is there twice, cannot be read or lacks a column.
    """
    return tuple(_look_at(word, _path_of(folder, word)) for word in FEEDS)


def read_batches(file: RegisterFile, *, end_inclusive: bool = False) -> Iterator[pa.RecordBatch]:
    """The file's rows, typed as its table wants them, with their line numbers.

    `end_inclusive`: the feed's `end_date` is the last covered day, not the first one no longer covered.

    Raises:
        ArgumentRefused: a cell or a line does not fit, or the bytes are no such file.
    """
    line = 2
    read = _read_csv if file.path.suffix == ".csv" else _read_parquet
    for batch in read(file):
        yield _typed_batch(file, batch, line, end_inclusive=end_inclusive)
        line += batch.num_rows


def _typed_batch(
    file: RegisterFile, batch: pa.RecordBatch, first_line: int, *, end_inclusive: bool
) -> pa.RecordBatch:
    arrays = {LINE_NUMBER: pa.array(range(first_line, first_line + batch.num_rows), pa.int64())}
    for name in file.columns:
        try:
            arrays[name] = typed(batch.column(name), FEEDS[file.word][name])
        except BadCellError as bad:
            raise file.refused(first_line + bad.index, name, bad.reason) from None
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise ArgumentRefused(f"{file.path.name}, column {name}: cannot be read as text") from None
    if end_inclusive and file.word == "coverage":
        arrays["end_date"] = next_day(arrays["end_date"])
    return pa.RecordBatch.from_pydict(arrays)


def _read_csv(file: RegisterFile) -> Iterator[pa.RecordBatch]:
    try:
        with arrow_csv.open_csv(
            file.path,
            read_options=arrow_csv.ReadOptions(block_size=BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=file.columns,
                # Text, all of it: a card number starts with zeros.
                column_types=dict.fromkeys(file.columns, pa.string()),
                strings_can_be_null=False,
            ),
        ) as batches:
            yield from batches
    except (pa.ArrowInvalid, pa.ArrowKeyError):  # its text quotes the line
        raise _refused_csv(file.path) from None


def _read_parquet(file: RegisterFile) -> Iterator[pa.RecordBatch]:
    try:
        with parquet.ParquetFile(file.path, pre_buffer=False, buffer_size=READ_AHEAD_BYTES) as opened:
            yield from opened.iter_batches(BATCH_ROWS, columns=list(file.columns), use_threads=False)
    except (pa.ArrowInvalid, OSError):
        raise ArgumentRefused(f"{file.path.name}: cannot be read as Parquet") from None


def _refused_csv(path: Path) -> ArgumentRefused:
    # Arrow does not say where; this road is walked once, on the way to a refusal.
    if line := _first_line_not_utf8(path):
        return ArgumentRefused(f"{path.name}, line {line}: not UTF-8")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines)
        try:
            width = len(next(rows, []))
            for row in rows:
                if row and len(row) != width:
                    return ArgumentRefused(
                        f"{path.name}, line {rows.line_num}: {len(row)} cells instead of {width}"
                    )
        except csv.Error:
            pass  # neither reader can: the sentence below is all there is to say
    return ArgumentRefused(f"{path.name}: cannot be read as CSV")


def _first_line_not_utf8(path: Path) -> int | None:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return None


def _path_of(folder: Path, word: str) -> Path:
    found = [path for ending in ("csv", "parquet") if (path := folder / f"{word}.{ending}").is_file()]
    if not found:
        raise ArgumentRefused(f"{word}.csv or {word}.parquet is missing in {folder}")
    if len(found) > 1:
        raise ArgumentRefused(f"{word} is there twice, as .csv and as .parquet: take one away")
    return found[0]


def _look_at(word: str, path: Path) -> RegisterFile:
    names = _column_names(path)
    wanted = set(FEEDS[word])
    missing = sorted(wanted - OPTIONAL[word] - set(names))
    if missing:
        raise ArgumentRefused(f"{path.name}: column {', '.join(missing)} is missing")
    twice = sorted(name for name in wanted if names.count(name) > 1)
    if twice:
        raise ArgumentRefused(f"{path.name}: column {', '.join(twice)} is there twice")
    ignored = dict.fromkeys(name[:NAME_CHARACTERS] for name in names if name not in wanted)
    return RegisterFile(word, path, tuple(name for name in names if name in wanted), tuple(ignored))


def _column_names(path: Path) -> list[str]:
    try:
        if path.suffix == ".parquet":
            return list(parquet.read_schema(path).names)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return next(csv.reader(lines), [])
    except pa.ArrowInvalid:
        raise ArgumentRefused(f"{path.name}: cannot be read as Parquet") from None
    except (UnicodeDecodeError, csv.Error):
        raise _refused_csv(path) from None
    except OSError as error:
        raise ArgumentRefused(f"{path.name}: {error.strerror or 'cannot be read'}") from None
