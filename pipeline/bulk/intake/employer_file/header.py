"""Which column holds what: by the names of a header row, or by position where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.bulk.intake.employer_file.column_names import NEEDED, folded, is_called, shown
from pipeline.bulk.intake.employer_file.records import is_blank
from validators.codes import FileCode
from validators.faults import FileRefused

MAX_COLUMNS: Final = 256  # no list of people has more; every column costs time in every row
_NAMES_SHOWN: Final = 20
_HEADER_CHARACTERS: Final = 200  # of a header worth remembering
_DIGIT_OR_AT: Final = re.compile(r"[\d@]")


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of the ID, the e-mail and the phone (0-based), and the name of every column ("" = none).

    `explained`: the columns whose meaning is known, by a name or by their position.
    `sure_width`: a row of exactly so many cells has all needed ones and no unexplained ones; 0: none is sure.
    """

    has_header: bool
    needed: tuple[int, int, int]
    names: tuple[str, ...]
    explained: frozenset[int]
    sure_width: int

    def ignored_columns(self, unnamed: set[int]) -> tuple[str, ...]:
        """Returns the unused columns as typed, at most 20; those without a name by their number."""
        named = [name for place, name in enumerate(self.names) if name and place not in self.needed]
        return tuple([*named, *(f"第{place + 1}欄" for place in sorted(unnamed))][:_NAMES_SHOWN])

    def unnamed_data(self, cells: Sequence[str]) -> list[int]:
        """Returns the columns in which this row holds something, though no header says what."""
        return [
            place
            for place, cell in enumerate(cells)
            if cell and place not in self.explained and not is_blank((cell,))
        ]


BY_POSITION: Final = Layout(
    has_header=False, needed=(0, 1, 2), names=(), explained=frozenset(range(3)), sure_width=3
)


def layout_of(first: Sequence[str]) -> Layout:
    """Read the first row that is not blank as the header or as data.

    Raises:
        FileRefused: FILE_COLUMNS for a header without one of the needed columns or with one twice, and for
            more than 256 columns.
    """
    is_short = sum(map(len, first)) <= _HEADER_CHARACTERS
    return _remembered_layout(tuple(first)) if is_short else _read_layout(first)


@lru_cache(maxsize=64)  # ten thousand files of a night share a few headers
def _remembered_layout(first: tuple[str, ...]) -> Layout:
    return _read_layout(first)


def _read_layout(first: Sequence[str]) -> Layout:
    refuse_too_wide(first, "檔案")
    if not is_header(first):
        return BY_POSITION
    names = tuple(map(shown, first))
    found = [[place for place, name in enumerate(names) if is_called(name, NEEDED[need])] for need in NEEDED]
    _refuse_doubled(names, found)
    _refuse_missing(names, found)
    needed = (found[0][0], found[1][0], found[2][0])
    explained = frozenset(place for place, name in enumerate(names) if name)
    sure_width = len(names) if all(names) else 0
    return Layout(has_header=True, needed=needed, names=names, explained=explained, sure_width=sure_width)


def refuse_too_wide(cells: Sequence[str], where: str) -> None:
    """Refuse a row of more columns than any list of people has.

    Raises:
        FileRefused: FILE_COLUMNS.
    """
    if len(cells) > MAX_COLUMNS:
        raise FileRefused(FileCode.FILE_COLUMNS, f"{where}有{len(cells):,}欄,上限為{MAX_COLUMNS}欄。")


def is_header(cells: Sequence[str]) -> bool:
    """Whether no cell holds a digit or an `@`, full-width ones included (docs/rules.md 1)."""
    return not any(_DIGIT_OR_AT.search(folded(cell)) for cell in cells)


def _refuse_doubled(names: Sequence[str], found: list[list[int]]) -> None:
    for need, places in zip(NEEDED, found, strict=True):
        if len(places) > 1:
            doubled = "、".join(names[place] for place in places[:_NAMES_SHOWN])
            raise FileRefused(
                FileCode.FILE_COLUMNS, f"標題列的「{need}」有{len(places)}欄({doubled}),請只留一欄。"
            )


def _refuse_missing(names: Sequence[str], found: list[list[int]]) -> None:
    missing = [need for need, places in zip(NEEDED, found, strict=True) if not places]
    if missing:
        seen = "、".join([name for name in names if name][:_NAMES_SHOWN])
        raise FileRefused(FileCode.FILE_COLUMNS, f"標題列缺少「{'」「'.join(missing)}」,只找到:{seen}。")
