"""The careful reader: every kind of CSV file that people and programs make, row by row."""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass, field
from typing import Final

from pipeline.bulk.intake.employer_file.header import Layout, layout_of, refuse_too_wide
from pipeline.bulk.intake.employer_file.records import find_separator, is_blank, split_records
from pipeline.bulk.intake.employer_file.row_place import row_place
from validators.codes import FileCode
from validators.faults import FileRefused

MAX_BLANK_ROWS: Final = 1_048_575  # the rest of a spreadsheet below its header


@dataclass(slots=True)
class CarefulFile:
    """The needed cells of every data row, as typed, and the spreadsheet line each row stands on."""

    separator: str
    layout: Layout | None = None  # None until the first row that is not blank
    unnamed: set[int] = field(default_factory=set)  # 0-based columns that hold data below no name
    line_numbers: list[int] = field(default_factory=list)
    national_ids: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)

    @property
    def has_header(self) -> bool:
        return self.layout is not None and self.layout.has_header

    @property
    def row_count(self) -> int:
        return len(self.line_numbers)

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        return self.layout.ignored_columns(self.unnamed) if self.layout else ()

    def place_of_next(self, line_number: int) -> str:
        """The place of the row that follows those added so far."""
        return row_place(line_number, self.row_count + 1 if self.layout else None)


def read_careful(utf8: bytes, *, max_rows: int = sys.maxsize) -> CarefulFile:
    """Read every row that is not blank; a row with fewer cells than needed gets empty ones.

    Reading stops after the first row beyond `max_rows`, so `row_count` shows that the limit is exceeded.

    Raises:
        FileRefused: FILE_COLUMNS for a header without the needed columns, data in columns that nothing
            explains, too many columns, and a quote that would swallow rows; FILE_TOO_LARGE for more than
            MAX_BLANK_ROWS blank rows.
    """
    file = CarefulFile(find_separator(utf8))
    line_number = blank_rows = 0
    try:
        for line_number, cells in enumerate(split_records(utf8, file.separator), 1):
            if is_blank(cells):
                blank_rows += 1
                _limit_blank_rows(blank_rows)
            else:
                _add_row(file, line_number, cells)
                if file.row_count > max_rows:
                    break
    except csv.Error:
        where = file.place_of_next(line_number + 1)
        raise FileRefused(FileCode.FILE_COLUMNS, f'{where}的引號(")沒有成對,其後的資料無法分辨。') from None
    return file


def _add_row(file: CarefulFile, line_number: int, cells: list[str]) -> None:
    layout = file.layout
    if layout is None:
        layout = file.layout = layout_of(cells)
        if layout.has_header:
            return
    if len(cells) != layout.sure_width:
        _note_unexplained(file, layout, line_number, cells)
    national_id, email, phone = layout.needed
    width = len(cells)
    file.national_ids.append(cells[national_id] if national_id < width else "")
    file.emails.append(cells[email] if email < width else "")
    file.phones.append(cells[phone] if phone < width else "")
    file.line_numbers.append(line_number)


def _note_unexplained(file: CarefulFile, layout: Layout, line_number: int, cells: list[str]) -> None:
    """Note columns that hold data and that nothing explains; without a header they refuse the file."""
    refuse_too_wide(cells, file.place_of_next(line_number))
    unnamed = layout.unnamed_data(cells)
    if unnamed and not layout.has_header:
        detail = (
            f"{file.place_of_next(line_number)}的第{unnamed[0] + 1}欄有資料,但檔案沒有標題列,無法分辨各欄。"
        )
        raise FileRefused(FileCode.FILE_COLUMNS, detail)
    file.unnamed.update(unnamed)


def _limit_blank_rows(blank_rows: int) -> None:
    if blank_rows > MAX_BLANK_ROWS:
        raise FileRefused(FileCode.FILE_TOO_LARGE, f"檔案的空白列超過上限{MAX_BLANK_ROWS:,}列。")
