"""ID cells judged at once: ten bytes a cell in a numpy matrix, the weighted sum by columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from validators import person_id
from validators.cell_column import (
    Cells,
    ColumnSheet,
    ColumnVerdict,
    Mask,
    Positions,
    lengths,
    positions,
    take,
)
from validators.codes import CellCode, RepairCode
from validators.id_number import LENGTH, LETTER_CODES, WEIGHTS, letter_weight
from validators.personal_data import MASK, NOTHING_SHOWN, SHOWN
from validators.resident_id import OLD_SECOND_LETTERS

FAULT_CODES: Final = (CellCode.ID_MISSING, CellCode.ID_FORMAT, CellCode.ID_CHECK_DIGIT)

Bytes = npt.NDArray[np.uint8]

# Rows a block: ten bytes each and their index stay inside a few megabytes.
BLOCK: Final = 1 << 16

_NO_PART: Final = -1
_ZERO: Final = ord("0")


def _table(parts: dict[str, int]) -> npt.NDArray[np.int16]:
    """What each byte adds to the weighted sum, the same for both cases of a letter."""
    table = np.full(256, _NO_PART, np.int16)
    for character, part in parts.items():
        table[[ord(character), ord(character.lower())]] = part
    return table


_FIRST: Final = _table({letter: letter_weight(letter) for letter in LETTER_CODES})
_SECOND_DIGITS: Final = "1289"
_SECOND: Final = _table(
    {digit: WEIGHTS[0] * int(digit) for digit in _SECOND_DIGITS}
    | {letter: WEIGHTS[0] * int(digit) for letter, digit in OLD_SECOND_LETTERS.items()}
)

_SECOND_CHARACTERS: Final = _SECOND_DIGITS + "".join(OLD_SECOND_LETTERS)
_SECOND_PLACES: Final = _table({character: place for place, character in enumerate(_SECOND_CHARACTERS)})
_POWERS: Final = 10 ** np.arange(LENGTH - 3, -1, -1, dtype=np.int64)
KEY_LIMIT: Final = len(LETTER_CODES) * len(_SECOND_CHARACTERS) * 10**8


def judge(cells: Cells) -> ColumnVerdict:
    """Judge a column as `person_id.check` judges each of its cells; cells without ID shape go one by one."""
    sheet = ColumnSheet(cells, FAULT_CODES)
    size = lengths(cells)
    shaped, wrong, lower = (np.zeros(len(cells), np.bool_) for _ in range(3))
    for at, block in _blocks(cells, positions(size == LENGTH)):
        parts_first, parts_second = _FIRST[block[:, 0]], _SECOND[block[:, 1]]
        digits = block[:, 2:] - np.uint8(_ZERO)
        shaped[at] = (parts_first >= 0) & (parts_second >= 0) & (digits < LENGTH).all(axis=1)
        wrong[at] = (parts_first + parts_second + digits @ np.array(WEIGHTS[1:], np.int16)) % 10 != 0
        lower[at] = (block[:, :2] >= ord("a")).any(axis=1)
    sheet.refuse(shaped & wrong, CellCode.ID_CHECK_DIGIT)
    small = positions(shaped & lower)
    sheet.write(small, pc.ascii_upper(take(cells, small)), (RepairCode.LOWER_CASE,))
    sheet.refuse(size == 0, CellCode.ID_MISSING)
    sheet.check_each(positions(~shaped & (size > 0)), person_id.check)
    return sheet.verdict()


def masked(verdict: ColumnVerdict) -> Cells:
    """Returns each value masked, as by `personal_data.mask_id`: without ID shape nothing is shown."""
    count = len(verdict.values)
    shown = np.tile(np.frombuffer(NOTHING_SHOWN.encode(), np.uint8), (count, 1))
    for at, block in _blocks(verdict.values, positions(_has_shape(verdict))):
        shown[at, :SHOWN] = block[:, :SHOWN]
        shown[at, SHOWN:] = np.frombuffer(MASK.encode(), np.uint8)
    offsets = np.arange(count + 1, dtype=np.int64) * len(NOTHING_SHOWN)
    return pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(shown))


def keys(values: Cells, at: Positions) -> npt.NDArray[np.int64]:
    """Returns a whole number below KEY_LIMIT for each of these good IDs, different for different IDs."""
    packed = [np.zeros(0, np.int64)]
    for _, block in _blocks(values, at):
        head = (block[:, 0] - np.int64(ord("A"))) * len(_SECOND_CHARACTERS) + _SECOND_PLACES[block[:, 1]]
        packed.append(head * 10**8 + (block[:, 2:] - np.uint8(_ZERO)) @ _POWERS)
    return np.concatenate(packed)


def _has_shape(verdict: ColumnVerdict) -> Mask:
    """A good value, or one of which only the check digit is wrong."""
    return verdict.is_good | np.equal(verdict.faults, verdict.fault_codes.index(CellCode.ID_CHECK_DIGIT))


def _blocks(cells: Cells, at: Positions) -> Iterator[tuple[Positions, Bytes]]:
    """The ten bytes of the cells at these positions (each ten bytes long), a block of rows at a time."""
    offsets, data = _buffers(cells)
    for start in range(0, len(at), BLOCK):
        rows = at[start : start + BLOCK]
        begin, end = offsets[rows[0]], offsets[rows[-1] + 1]
        if end - begin == LENGTH * len(rows):  # nothing of another length between them
            yield rows, data[begin:end].reshape(-1, LENGTH)
        else:
            yield rows, data[offsets[rows][:, None] + np.arange(LENGTH)]


def _buffers(cells: Any) -> tuple[npt.NDArray[np.int64], Bytes]:
    """Offsets (one more than cells) and bytes of a large_string array."""
    _, offsets, data = cells.buffers()
    begin = np.frombuffer(offsets, np.int64)[cells.offset : cells.offset + len(cells) + 1]
    return begin, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
