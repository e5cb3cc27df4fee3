"""Long lists of values, in slices that both dialects take in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")
IDS_PER_STATEMENT: Final = 500  # below both dialects' limits for bound values


def slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in their order, so many at a time.

    >>> [len(some) for some in slices(range(1001))]
    [500, 500, 1]
    """
    return (values[start : start + IDS_PER_STATEMENT] for start in range(0, len(values), IDS_PER_STATEMENT))
