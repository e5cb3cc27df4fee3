"""The register's cells: text from a file, typed as the tables want it.

The register is trusted, its transport is not: a spreadsheet on the way loses leading zeros and rewrites
dates. So every cell's shape is looked at, and one bad cell refuses the register.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.insured.feed_columns import FeedColumn

ID_COLUMNS: Final = frozenset({"national_id", "former_id", "head_national_id", "insured_national_id"})
SHAPES: Final = {  # regular expression, and what to tell
    "unit_code": (r"^[0-9]{9}$", "not nine digits"),
    "card_number": (r"^([0-9]{12})?$", "not twelve digits (leading zeros lost?)"),
    "relation": (r"^(insured|dependant)$", "neither insured nor dependant"),
}
FOREVER: Final = pa.scalar(2932896, pa.int32())  # 9999-12-31 in days: how other feeds write "no end"


class BadCellError(Exception):
    """One cell does not fit; never holds its content. `index` counts from 0 within the cells given."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index: Final = index
        self.reason: Final = reason


def typed(cells: pa.Array, column: FeedColumn) -> pa.Array:
    """The cells of one file column as `column` of the table stores them: empty is null where null may be.

    Raises:
        BadCellError: the first cell that does not fit.
    """
    if pa.types.is_boolean(cells.type) or pa.types.is_timestamp(cells.type):
        cells = cells.cast(pa.int8() if pa.types.is_boolean(cells.type) else pa.date32())
    text = pc.utf8_trim_whitespace(pc.fill_null(cells.cast(pa.string()), ""))
    return _reader(column)(text, column)


def next_day(days: pa.Array) -> pa.Array:
    """The day after each, so that a last covered day becomes the first one no longer covered."""
    numbers = days.cast(pa.int32())
    later = pc.if_else(pc.less(numbers, FOREVER), pc.add(numbers, pa.scalar(1, pa.int32())), numbers)
    return later.cast(pa.date32())


def _reader(column: FeedColumn) -> Callable[[pa.Array, FeedColumn], pa.Array]:
    return {"date": _dates, "boolean": _booleans, "number": _numbers, "text": _texts}[column.kind]


def _texts(text: pa.Array, column: FeedColumn) -> pa.Array:
    if column.name in ID_COLUMNS:
        text = pc.utf8_upper(text)
    _require(pc.invert(pc.match_substring(text, "\0")), "a NUL character")
    if column.name in SHAPES:
        pattern, reason = SHAPES[column.name]
        _require(pc.match_substring_regex(text, pattern), reason)
    if column.is_key and not column.has_default:
        _require(pc.not_equal(text, ""), "empty")
    if column.longest:
        _require(pc.less_equal(pc.utf8_length(text), column.longest), f"over {column.longest} characters")
    return _empty_as_null(text) if column.nullable else text


def _dates(text: pa.Array, column: FeedColumn) -> pa.Array:
    empty = pc.equal(text, "")
    if not column.nullable:
        _require(pc.invert(empty), "empty")
    reason = "not a date as YYYY-MM-DD"
    _require(pc.or_(empty, pc.match_substring_regex(text, "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$")), reason)
    values = _empty_as_null(text)
    try:
        return values.cast(pa.date32())
    except pa.ArrowInvalid:
        raise BadCellError(_first_without_a_day(values), reason) from None


def _first_without_a_day(values: pa.Array) -> int:
    # Arrow does not say which cell it was; this road is walked once, on the way to a refusal.
    for index in range(len(values)):
        try:
            values.slice(index, 1).cast(pa.date32())
        except pa.ArrowInvalid:
            return index
    return 0


def _booleans(text: pa.Array, column: FeedColumn) -> pa.Array:
    _require(pc.match_substring_regex(text, "^[01]$"), "neither 0 nor 1")
    return pc.equal(text, "1")


def _numbers(text: pa.Array, column: FeedColumn) -> pa.Array:
    _require(pc.match_substring_regex(text, "^[0-9]{0,9}$"), "not a whole number")
    return _empty_as_null(text).cast(pa.int32())


def _empty_as_null(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _require(fits: pa.Array, reason: str) -> None:
    index = pc.index(fits, False).as_py()
    if index >= 0:
        raise BadCellError(index, reason)
