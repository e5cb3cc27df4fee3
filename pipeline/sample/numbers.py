"""Made-up numbers by the hundred thousand: scattered, never twice, with right check digits.

A person is an index; every number is computed from it, so no list of those already used is needed and
any part of a register can be made without the rest.
"""

from __future__ import annotations

from math import gcd
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from validators.id_number import LETTER_ORDER

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

LETTERS: Final = "ABCDEFGHIJKMNOPQTUVWXZ"  # L, R, S and Y are no longer given out
SERIALS: Final = 10_000_000
ID_SPACE: Final = len(LETTERS) * 2 * SERIALS
CARD_SPACE: Final = 100_000_000
MOBILE_SPACE: Final = 90_000_000
_WEIGHTS: Final = np.array([8, 7, 6, 5, 4, 3, 2, 1])


def scatter(index: Ints, space: int, seed: int) -> Ints:
    """A one-to-one scattering of 0..space-1: different indexes never meet."""
    seed %= 1_000_003  # so that no product below leaves 63 bits
    factor = (space * 618_033 // 1_000_000 + 2 * seed) | 1  # far from 1: neighbours look unrelated
    while gcd(factor, space) != 1:
        factor += 2
    return (index * factor + seed * 7_919) % space


def digits(values: Ints, width: int) -> Bytes:
    """Each value as `width` ASCII digits: one row a value."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (values[:, None] // powers % 10 + ord("0")).astype(np.uint8)


def characters(alphabet: str, places: Ints) -> Bytes:
    """One ASCII character of `alphabet` a row."""
    return np.frombuffer(alphabet.encode(), dtype=np.uint8)[places][:, None]


def joined(*columns: Bytes) -> pa.Array:
    """Columns of ASCII characters side by side, as one text a row."""
    matrix = np.ascontiguousarray(np.hstack(columns))
    rows, width = matrix.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * width
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(matrix))


def person_numbers(index: Ints, resident: npt.NDArray[np.bool_], *, seed: int) -> pa.Array:
    """National IDs, and new-form resident numbers where `resident`; `index` below 440 million."""
    place = scatter(index, ID_SPACE, seed)
    second = place // SERIALS % 2 + np.where(resident, 8, 1)
    return _with_check_digit(place // (2 * SERIALS), digits(second, 1), second, place % SERIALS)


def former_numbers(index: Ints, *, seed: int) -> pa.Array:
    """Old-form resident numbers; A for a man, B for a woman, as the new number of the same index says."""
    woman = scatter(index, ID_SPACE, seed) // SERIALS % 2
    place = scatter(index, ID_SPACE, seed + 1)
    return _with_check_digit(place // (2 * SERIALS), characters("AB", woman), woman, place % SERIALS)


def card_numbers(index: Ints, *, seed: int) -> pa.Array:
    """Twelve digits that start with four zeros."""
    zeros = np.zeros(len(index), dtype=np.int64)
    return joined(digits(zeros, 4), digits(scatter(index, CARD_SPACE, seed + 2), 8))


def mobile_numbers(index: Ints, *, seed: int) -> pa.Array:
    """Ten digits from 090 to 098."""
    place = scatter(index, MOBILE_SPACE, seed + 3)
    return joined(digits(np.full(len(index), 9), 2), digits(place, 8))


def unit_codes(index: Ints, *, seed: int) -> pa.Array:
    """Nine digits, the first from 1 to 6 (a division's number)."""
    place = scatter(index, 600_000_000, seed + 4)
    return joined(digits(place // 100_000_000 + 1, 1), digits(place % 100_000_000, 8))


def _with_check_digit(letter: Ints, second_character: Bytes, second: Ints, serial: Ints) -> pa.Array:
    check = _check_digits(_letter_codes(letter), second, serial)
    return joined(characters(LETTERS, letter), second_character, digits(serial, 7), check)


def _letter_codes(places: Ints) -> Ints:
    return np.array([LETTER_ORDER.index(letter) + 10 for letter in LETTERS], dtype=np.int64)[places]


def _check_digits(code: Ints, second: Ints, serial: Ints) -> Bytes:
    numbers: npt.NDArray[Any] = np.hstack([second[:, None], digits(serial, 7) - ord("0")])
    total = code // 10 + code % 10 * 9 + numbers @ _WEIGHTS
    return digits(-total % 10, 1)
