"""UTF-8 bytes as records of cells: separators, quotes, line ends, blanks. A record is a spreadsheet row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from validators.characters import BLANKS

SEPARATORS: Final = ",;\t"

_QUOTED: Final = re.compile('"[^"]*"')
_LINE_END: Final = re.compile("\r\n|\r|\n")
_HEAD_BYTES: Final = 65_536  # the first separator stands in them; the rest of a huge file is not searched
_MIN_SEPARATORS: Final = 2  # three columns
_LONGEST_CELL: Final = 2**31 - 1  # what csv allows: a long cell is a bad row, not a broken file


def is_blank(cells: Sequence[str]) -> bool:
    """Whether nothing can be seen in any of the cells."""
    return not "".join(cells).strip(BLANKS)


def find_separator(utf8: bytes) -> str:
    """Returns the separator of the first line that has any: of those making three columns, the first one.

    A count alone would be misled by a stray TAB behind an ID, the first place alone by a list of mailboxes.
    """
    head = _QUOTED.sub("", utf8[:_HEAD_BYTES].decode(errors="ignore"))
    for line in _LINE_END.split(head):
        found = [character for character in line if character in SEPARATORS]
        if found:
            distinct = dict.fromkeys(found)
            return next((one for one in distinct if found.count(one) >= _MIN_SEPARATORS), found[0])
    return SEPARATORS[0]


def split_records(utf8: bytes, separator: str) -> Iterator[list[str]]:
    """Yield the cells of every record, blank ones too; a quoted line end stays inside its cell.

    Raises:
        csv.Error: as soon as a quote is not closed, is followed by text, or holds whole rows. Such a quote
            would swallow the rows behind it.
    """
    csv.field_size_limit(_LONGEST_CELL)  # process-wide; csv has no limit of one reader
    lines = io.TextIOWrapper(io.BytesIO(utf8), encoding="utf-8", newline="")
    has_blank_before_quote = f'{separator} "'.encode() in utf8
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=has_blank_before_quote, strict=True)
    lines_read = 0
    for cells in reader:
        if reader.line_num - lines_read > 1 and _holds_rows(cells, separator):
            raise csv.Error("a quoted cell holds whole rows")
        lines_read = reader.line_num
        yield cells


def split_text(text: str) -> Iterator[list[str]]:
    """Yield the cells of every record of a text that may end anywhere, inside a quote too."""
    csv.field_size_limit(_LONGEST_CELL)  # process-wide, as above
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=find_separator(text.encode()))


def _holds_rows(cells: list[str], separator: str) -> bool:
    """Whether a line of a cell that spans lines could be a row by itself."""
    row = re.compile(f"(?:{separator}[^{separator}\r\n]*){{{_MIN_SEPARATORS}}}")
    return any(row.search(cell) for cell in cells if "\n" in cell or "\r" in cell)
