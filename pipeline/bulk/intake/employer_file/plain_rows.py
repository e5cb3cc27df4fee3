"""The fast reader: files of three columns without surprises, many of them parsed as one.

Most files are plain. Passes over the bytes prove it, so that no row is handled in Python.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
from pyarrow import csv as arrow_csv

from pipeline.bulk.intake.employer_file.header import BY_POSITION, layout_of
from pipeline.bulk.intake.employer_file.records import SEPARATORS, find_separator, is_blank
from validators.characters import BLANKS

COLUMNS: Final = ("national_id", "email", "phone")

_EVERY_BYTE: Final = frozenset(range(256))
# What the text is made of, by its separator: every byte that neither parts cells or rows nor quotes a cell.
_TEXT_BYTES: Final = {mark: bytes(_EVERY_BYTE - set(f'{mark}\r\n"'.encode())) for mark in SEPARATORS}
_BLANK: Final = b"[%b]*+" % re.escape(bytes(set(BLANKS.encode()) - set(b"\r\n")))
# The bytes of blanks make up other characters too: a row of those sends its file to the careful reader only.
_MAYBE_BLANK_ROW: Final = re.compile(rb"\n%b,%b,%b(?=\n|\Z)" % (_BLANK, _BLANK, _BLANK))
# A row with quoted cells as csv reads it: a quote inside a cell is doubled, none stays open.
_CELL: Final = rb'(?:"(?:[^"\r\n]|"")*+"|[^",\r\n]*+)'
_QUOTED_ROW: Final = re.compile(rb'\n(?=[^"\n]*+")%b,%b,%b(?=\n|\Z)' % (_CELL, _CELL, _CELL))
_BLANK_CHARACTERS: Final = BLANKS + '",'
_MIN_BLOCK_BYTES: Final = 1 << 25  # a parsing block must hold the longest line; small blocks cost time


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A plain file's data rows as bytes: each begins with LF, and commas part its three cells."""

    body: bytes
    separator: str
    has_header: bool
    row_count: int


def read_plain(utf8: bytes) -> PlainFile | None:
    """Returns the file if it is plain, else None: three columns in our order, no blank rows, LF or CRLF.

    Other separators than the file's are text inside a cell, but for a comma where `;` or TAB parts the cells.
    Quotes are plain below the first row, where commas part the cells and no quoted cell holds a line end.

    Raises:
        FileRefused: FILE_COLUMNS for a header without the needed columns.
    """
    text = utf8.replace(b"\r\n", b"\n")
    if b', "' in text:  # the careful reader takes blanks before quotes away, in every row
        return None
    first, line_end, rest = text.partition(b"\n")
    separator = find_separator(first)
    skeleton = _without_quoted_rows(text).translate(None, _TEXT_BYTES[separator]) + b"\n"
    if skeleton != f"{separator * 2}\n".encode() * (len(skeleton) // 3):
        return None
    cells = first.decode().split(separator)
    if is_blank(cells):
        return None
    layout = layout_of(cells)
    body = line_end + rest if layout.has_header else b"\n" + text
    if separator != ",":
        if b"," in body:
            return None
        body = body.replace(separator.encode(), b",")
    if layout.needed != BY_POSITION.needed or _MAYBE_BLANK_ROW.search(body):
        return None
    return PlainFile(body, separator, layout.has_header, body.count(b"\n"))


def _without_quoted_rows(text: bytes) -> bytes:
    """The text with empty cells in place of the rows that hold quotes, where these are plain and not blank.

    As long as no earlier row leaves a quote open, a row reads alone as it reads in the file.
    """
    return _QUOTED_ROW.sub(_as_empty_cells, text) if b'"' in text else text


def _as_empty_cells(row: re.Match[bytes]) -> bytes:
    return b"\n,," if row.group().decode().strip(_BLANK_CHARACTERS) else row.group()


def parse_plain(bodies: Sequence[bytes]) -> pa.Table:
    """Returns all rows of many bodies, in order, as three columns of text without nulls."""
    longest = max(map(len, bodies), default=0)
    return arrow_csv.read_csv(
        pa.BufferReader(b"".join([",".join(COLUMNS).encode(), *bodies, b"\n"])),
        read_options=arrow_csv.ReadOptions(block_size=max(_MIN_BLOCK_BYTES, longest + 1)),
        parse_options=arrow_csv.ParseOptions(ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(COLUMNS, pa.large_string()),
            check_utf8=False,
            strings_can_be_null=False,
        ),
    )
