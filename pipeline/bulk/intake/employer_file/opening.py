"""The face of an employer's file: what may be opened, and the rows of many files at once.

Two readers give one result: `plain_rows` for files without surprises, `careful_rows` for all others.
Source: docs/rules.md 1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from pipeline.bulk.intake.employer_file.careful_rows import CarefulFile, read_careful
from pipeline.bulk.intake.employer_file.encoding import Encoding, decode
from pipeline.bulk.intake.employer_file.not_csv import refuse_other_formats
from pipeline.bulk.intake.employer_file.plain_rows import PlainFile, read_plain
from pipeline.bulk.intake.employer_file.row_frame import build_frame
from pipeline.bulk.rules.file_faults import MIB, size_refusal
from validators.codes import FileCode
from validators.faults import FileRefused

__all__ = ["FileLimits", "FileRows", "OpenedFile", "build_frame", "open_rows", "read_rows"]

FileRows = PlainFile | CarefulFile


@dataclass(frozen=True, slots=True)
class FileLimits:
    """The most that one file may hold, in bytes and in data rows; by default what the drop folder takes."""

    max_bytes: int = 20 * MIB
    max_rows: int = 100_000


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """The form of a file that was opened; `ignored_columns` are names as typed, fit to be shown."""

    encoding: Encoding
    separator: str
    has_header: bool
    row_count: int
    ignored_columns: tuple[str, ...]


def open_rows(content: bytes, *, limits: FileLimits = FileLimits()) -> tuple[OpenedFile, FileRows]:
    """Open a file within its limits. Returns its form, and its rows for `build_frame`: no file is read twice.

    Raises:
        FileRefused: FILE_NOT_CSV, FILE_TOO_LARGE, FILE_ENCODING, FILE_COLUMNS, FILE_EMPTY.
    """
    refuse_other_formats(content)
    if too_large := size_refusal(len(content), max_bytes=limits.max_bytes):
        raise too_large
    decoded = decode(content)
    file = _rows_of(decoded.utf8, max_rows=limits.max_rows)
    if file.row_count == 0:
        raise FileRefused(FileCode.FILE_EMPTY)
    if file.row_count > limits.max_rows:
        raise FileRefused(FileCode.FILE_TOO_LARGE, f"檔案的資料超過上限{limits.max_rows:,}筆。")
    ignored = file.ignored_columns if isinstance(file, CarefulFile) else ()
    opened = OpenedFile(decoded.encoding, file.separator, file.has_header, file.row_count, ignored)
    return opened, file


def read_rows(files: Iterable[tuple[int, bytes]]) -> pd.DataFrame:
    """Returns one frame of the rows of files, given as (file_id, content), that `open_rows` accepted before.

    Columns: file_id int64; row_number int32 counts a file's data rows from 1; line_number int32 is the row of
    the sender's spreadsheet; national_id, email, phone `str`: cells as typed, "" where there is none.

    Raises:
        FileRefused: a file was not accepted before.
    """
    return build_frame([(file_id, _rows_of(decode(content).utf8)) for file_id, content in files])


def _rows_of(utf8: bytes, *, max_rows: int = sys.maxsize) -> FileRows:
    """The rows of a file; of one with more than `max_rows` at least one row more."""
    return read_plain(utf8) or read_careful(utf8, max_rows=max_rows)
