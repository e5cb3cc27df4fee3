"""Where in a file something stands, in the sender's own counting."""

from __future__ import annotations

import csv
import io

from pipeline.intake.header import is_header
from pipeline.intake.records import find_separator, is_blank


def place(line_number: int, row_number: int | None) -> str:
    """第N筆(試算表第L列); without N where it is not known whether the line is a row."""
    return f"第{row_number}筆(試算表第{line_number}列)" if row_number else f"試算表第{line_number}列"


def place_after(before: str) -> str:
    """The place of the character that follows the text `before`."""
    lines = io.StringIO(before + "?", newline="")  # the character itself, so that its row is the last one
    first: list[str] = []
    seen = line_number = 0
    for line_number, cells in enumerate(csv.reader(lines, delimiter=find_separator(before.encode())), 1):
        if not is_blank(cells):
            first = first or cells
            seen += 1
    return place(line_number, seen - is_header(first) if seen > 1 else None)
