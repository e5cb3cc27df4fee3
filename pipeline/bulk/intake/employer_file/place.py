"""Where in a file something stands, in the sender's own counting."""

from __future__ import annotations

import csv
import io

from pipeline.bulk.intake.employer_file.header import is_header
from pipeline.bulk.intake.employer_file.records import find_separator, is_blank


def place(line_number: int, row_number: int | None) -> str:
    """第N筆(試算表第L列); without N where it is not known whether the line is a row."""
    return f"第{row_number}筆(試算表第{line_number}列)" if row_number else f"試算表第{line_number}列"


def place_after(before: str) -> str:
    """The place of the character that follows the text `before`."""
    lines = io.StringIO(before + "?", newline="")  # the character itself, so that its row is the last one
    reader = csv.reader(lines, delimiter=find_separator(before.encode()))
    first: list[str] = []
    rows = last_line = 0
    for line_number, cells in enumerate(reader, 1):
        if not is_blank(cells):
            first, rows, last_line = first or cells, rows + 1, line_number
    return place(last_line, rows - is_header(first) if rows > 1 else None)
