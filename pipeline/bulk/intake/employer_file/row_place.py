"""The place of a row in a file, as the sender counts: 第N筆, and the line of the spreadsheet."""

from __future__ import annotations

from pipeline.bulk.intake.employer_file.header import is_header
from pipeline.bulk.intake.employer_file.records import is_blank, split_text


def row_place(line_number: int, row_number: int | None) -> str:
    """Returns 第N筆(試算表第L列); without N where it is not known whether the line is a data row.

    >>> row_place(3, 2), row_place(1, None)
    ('第2筆(試算表第3列)', '試算表第1列')
    """
    return f"第{row_number}筆(試算表第{line_number}列)" if row_number else f"試算表第{line_number}列"


def place_after(before: str) -> str:
    """Returns the place of the character that follows the text `before`."""
    first: list[str] = []
    rows = last_line = 0
    # The character itself is added, so that its row is the last one.
    for line_number, cells in enumerate(split_text(before + "?"), 1):
        if not is_blank(cells):
            first, rows, last_line = first or cells, rows + 1, line_number
    return row_place(last_line, rows - is_header(first) if rows > 1 else None)
