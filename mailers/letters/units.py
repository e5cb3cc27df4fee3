"""What all letters to units share: how a row, a warning and the unit itself are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not stored: its number, the spreadsheet line, the masked ID, why, what to do."""

    row: int
    line: int
    masked_id: str
    reason: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the sender should know though nothing was refused for it."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """Rows rejected for one reason, with the ones that are shown."""

    reason: str
    what_to_do: str
    total: int
    rows: Sequence[RejectedRow]


class OfUnit(Protocol):
    """A file of a unit; both texts are empty when the unit is unknown."""

    @property
    def unit_code(self) -> str: ...
    @property
    def unit_name(self) -> str: ...


def by_reason(rejected: Iterable[RejectedRow], *, shown: int) -> list[Rejection]:
    """Rows by why and what to do, in the order of each reason's first row; the first `shown` are kept."""
    groups: dict[tuple[str, str], list[RejectedRow]] = {}
    for row in rejected:
        groups.setdefault((row.reason, row.what_to_do), []).append(row)
    space_left = shown
    rejections = []
    for (reason, what_to_do), rows in groups.items():
        rejections.append(Rejection(reason, what_to_do, len(rows), rows[:space_left]))
        space_left -= min(space_left, len(rows))
    return rejections


def unit_told(file: OfUnit) -> str:
    """The unit as a letter names it: name and code, or the one that is known, or nothing."""
    if file.unit_name and file.unit_code:
        return f"{file.unit_name}（{file.unit_code}）"
    return file.unit_name or (f"投保單位{file.unit_code}" if file.unit_code else "")


def addressed(files: Iterable[OfUnit]) -> str:
    """Whom a letter greets: the one unit that all its files are of, or nobody by name."""
    units = {unit_told(file) for file in files}
    return units.pop() if len(units) == 1 else ""
