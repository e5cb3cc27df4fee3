"""The careful reader: any file that people and programs call CSV, row by row."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field

from pipeline.intake.header import MAX_COLUMNS, Layout, layout_of
from pipeline.intake.place import place
from pipeline.intake.records import find_separator, is_blank, split_records
from validators.faults import FileRefused


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


def read_careful(utf8: bytes) -> CarefulFile:
    """Read every row that is not blank; one with fewer cells than needed has empty ones.

    Raises FileRefused FILE_COLUMNS for a header without our columns, data in columns that nothing names,
    and a quote that would swallow rows.
    """
    file = CarefulFile(find_separator(utf8))
    line_number = 0
    try:
        for line_number, cells in enumerate(split_records(utf8, file.separator), 1):
            if not is_blank(cells):
                _take(file, line_number, cells)
    except csv.Error:
        where = file.place(line_number + 1)
        raise FileRefused("FILE_COLUMNS", f'{where}的引號(")沒有成對,其後的資料無法分辨。') from None
    return file


def _take(file: CarefulFile, line_number: int, cells: list[str]) -> None:
    layout = file.layout
    if layout is None:
        layout = file.layout = layout_of(cells)
        if layout.has_header:
            return
    if len(cells) != layout.sure_width:
        _fit(file, layout, line_number, cells)
    national_id, email, phone = layout.needed
    file.line_numbers.append(line_number)
    file.national_ids.append(cells[national_id])
    file.emails.append(cells[email])
    file.phones.append(cells[phone])


def _fit(file: CarefulFile, layout: Layout, line_number: int, cells: list[str]) -> None:
    """Fill up a short row; note, or refuse without a header, what stands beyond the needed columns."""
    cells += [""] * (layout.width - len(cells))
    if len(cells) > MAX_COLUMNS:
        raise FileRefused("FILE_COLUMNS", f"{file.place(line_number)}有{len(cells):,}欄。")
    unnamed = layout.unnamed_data(cells)
    if unnamed and not layout.has_header:
        detail = f"{file.place(line_number)}的第{unnamed[0] + 1}欄有資料,但檔案沒有標題列,無法分辨各欄。"
        raise FileRefused("FILE_COLUMNS", detail)
    file.unnamed.update(unnamed)
