"""The careful reader: any file that people and programs call CSV, row by row."""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass, field
from typing import Final

from pipeline.bulk.intake.employer_file.header import Layout, layout_of, refuse_too_wide
from pipeline.bulk.intake.employer_file.place import place
from pipeline.bulk.intake.employer_file.records import find_separator, is_blank, split_records
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

    def place(self, line_number: int) -> str:
        """Where the row behind those taken so far stands."""
        return place(line_number, self.row_count + 1 if self.layout else None)


def read_careful(utf8: bytes, *, max_rows: int = sys.maxsize) -> CarefulFile:
    """Read every row that is not blank; one with fewer cells than needed has empty ones.

    Behind the first row beyond `max_rows` nothing is read: whoever set the limit sees it in `row_count`.

    Raises FileRefused FILE_COLUMNS for a header without our columns, data in columns that nothing names,
    too many columns, and a quote that would swallow rows; FILE_TOO_LARGE for more than MAX_BLANK_ROWS.
    """
    file = CarefulFile(find_separator(utf8))
    line_number = blank_rows = 0
    try:
        for line_number, cells in enumerate(split_records(utf8, file.separator), 1):
            if is_blank(cells):
                blank_rows += 1
                _refuse_endless_blanks(blank_rows)
            else:
                _take(file, line_number, cells)
                if file.row_count > max_rows:
                    break
    except csv.Error:
        where = file.place(line_number + 1)
        raise FileRefused(FileCode.FILE_COLUMNS, f'{where}的引號(")沒有成對,其後的資料無法分辨。') from None
    return file


def _take(file: CarefulFile, line_number: int, cells: list[str]) -> None:
    layout = file.layout
    if layout is None:
        layout = file.layout = layout_of(cells)
        if layout.has_header:
            return
    if len(cells) != layout.sure_width:
        _note_unnamed(file, layout, line_number, cells)
    national_id, email, phone = layout.needed
    width = len(cells)
    file.national_ids.append(cells[national_id] if national_id < width else "")
    file.emails.append(cells[email] if email < width else "")
    file.phones.append(cells[phone] if phone < width else "")
    file.line_numbers.append(line_number)


def _note_unnamed(file: CarefulFile, layout: Layout, line_number: int, cells: list[str]) -> None:
    """Note, or refuse without a header, what stands in columns that nothing explains."""
    refuse_too_wide(cells, file.place(line_number))
    unnamed = layout.unnamed_data(cells)
    if unnamed and not layout.has_header:
        detail = f"{file.place(line_number)}的第{unnamed[0] + 1}欄有資料,但檔案沒有標題列,無法分辨各欄。"
        raise FileRefused(FileCode.FILE_COLUMNS, detail)
    file.unnamed.update(unnamed)


def _refuse_endless_blanks(blank_rows: int) -> None:
    if blank_rows > MAX_BLANK_ROWS:
        raise FileRefused(FileCode.FILE_TOO_LARGE, f"檔案的空白列超過上限{MAX_BLANK_ROWS:,}列。")
