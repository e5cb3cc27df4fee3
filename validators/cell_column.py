"""A column of cells judged at once: vector operations for the clear cells, the per-value check for the rest.

Needs pyarrow and numpy; the single-value modules do not import it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from validators.cell_text import Checked, Cleaned
from validators.codes import Code, RepairCode

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]  # ascending
Cells = Any  # a pyarrow LargeStringArray without nulls; pyarrow carries no types

NO_FAULT: Final = 0
NO_REPAIR: Final = 0

# Longer cells go to the per-value check, so that no length rule needs a vector form.
LONGEST_CLEAR: Final = 64


@dataclass(frozen=True, slots=True)
class ColumnVerdict:
    """The verdicts on one column: `faults` indexes `fault_codes`, `repairs` indexes `repair_sets` (0: "")."""

    values: Cells
    faults: npt.NDArray[np.int8]
    fault_codes: tuple[str, ...]
    repairs: npt.NDArray[np.int16]
    repair_sets: tuple[str, ...]

    @property
    def is_good(self) -> Mask:
        """Which cells have no fault."""
        return np.equal(self.faults, NO_FAULT)


class ColumnSheet:
    """The working copy of one column: values, faults and repairs are set by position."""

    def __init__(self, cells: Cells, fault_codes: tuple[Code, ...]) -> None:
        self.cells: Final = cells
        self.values = cells
        self.faults: Final = np.zeros(len(cells), np.int8)
        names = ("", *(code.value for code in fault_codes))  # plain text: it becomes categories of a frame
        self._fault_codes: Final = {name: index for index, name in enumerate(names)}
        self._repairs: Final = np.zeros(len(cells), np.int16)
        self._repair_sets: Final = {"": NO_REPAIR}

    def write(self, at: Positions, values: Cells, repairs: Sequence[RepairCode] = ()) -> None:
        """Set new values at these positions, and their repairs in the order of `RepairCode`."""
        if len(at):
            self.values = pc.replace_with_mask(self.values, pa.array(mask_of(at, len(self.cells))), values)
        if repairs:
            self._repairs[at] = self._repair_set(repairs)

    def refuse(self, at: Positions | Mask, code: Code) -> None:
        """Set a fault at these positions."""
        self.faults[at] = self._fault_codes[code]

    def normalize_each(self, at: Positions, normalize: Callable[[str], Cleaned]) -> None:
        """Normalise the cells at these positions one by one, each distinct text once."""
        texts, which = distinct(self.cells, at)
        self._write_each(at, which, [normalize(text) for text in texts])

    def check_each(self, at: Positions, check: Callable[[str], Checked]) -> None:
        """Judge the cells at these positions one by one, each distinct text once."""
        texts, which = distinct(self.cells, at)
        checked = [check(text) for text in texts]
        self._write_each(at, which, [Cleaned(value, repairs) for value, _, repairs in checked])
        codes = np.array([self._fault_codes[fault or ""] for _, fault, _ in checked], np.int8)
        self.faults[at] = codes[which]

    def verdict(self) -> ColumnVerdict:
        """Returns the finished column; a cell with a fault lists no repairs."""
        self._repairs[self.faults != NO_FAULT] = NO_REPAIR
        codes, sets = tuple(self._fault_codes), tuple(self._repair_sets)
        return ColumnVerdict(self.values, self.faults, codes, self._repairs, sets)

    def _write_each(self, at: Positions, which: Positions, cleaned: list[Cleaned]) -> None:
        if len(at):
            values = pa.array([value for value, _ in cleaned], pa.large_string())
            self.write(at, pc.take(values, pa.array(which)))
            sets = np.array([self._repair_set(repairs) for _, repairs in cleaned], np.int16)
            self._repairs[at] = sets[which]

    def _repair_set(self, repairs: Sequence[RepairCode]) -> int:
        return self._repair_sets.setdefault(" ".join(repairs), len(self._repair_sets))


def distinct(cells: Cells, at: Positions) -> tuple[list[str], Positions]:
    """The distinct texts at these positions, and for each position which of them it holds."""
    encoded = take(cells, at).dictionary_encode()
    return encoded.dictionary.to_pylist(), np.asarray(encoded.indices, np.intp)


def take(cells: Cells, at: Positions) -> Cells:
    """The cells at these positions."""
    return pc.take(cells, pa.array(at, pa.int64()))


def matches(cells: Cells, pattern: str) -> Mask:
    """Which cells an RE2 pattern matches from end to end."""
    return as_mask(pc.match_substring_regex(cells, rf"\A(?:{pattern})\z"))


def contains(cells: Cells, pattern: str) -> Mask:
    """In which cells an RE2 pattern is found."""
    return as_mask(pc.match_substring_regex(cells, pattern))


def lengths(cells: Cells) -> npt.NDArray[np.int64]:
    """Each cell's length in bytes of UTF-8."""
    return np.asarray(pc.binary_length(cells), np.int64)


def as_mask(flags: Any) -> Mask:
    """An arrow array of booleans as numpy's."""
    return np.asarray(flags.to_numpy(zero_copy_only=False), np.bool_)


def mask_of(at: Positions, count: int) -> Mask:
    """True at these positions."""
    mask = np.zeros(count, np.bool_)
    mask[at] = True
    return mask


def positions(mask: Mask) -> Positions:
    """Where a mask is true, ascending."""
    return np.flatnonzero(mask)
