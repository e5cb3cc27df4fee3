"""Long lists of values, in slices that both dialects take in one statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")
IDS_PER_STATEMENT: Final = 500  # below both dialects' limits for bound values


def slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in their order, so many at a time.

    >>> [len(some) for some in slices(range(1001))]
    [500, 500, 1]
    """
    return (values[start : start + IDS_PER_STATEMENT] for start in range(0, len(values), IDS_PER_STATEMENT))


def groups(
    items: Iterable[T], *, weight: Callable[[T], int], heaviest: int, most: int | None = None
) -> Iterator[list[T]]:
    """The items in their order, in groups of at most `most` items and the weight `heaviest`.

    An item that is heavier stands alone.

    >>> list(groups([60, 60, 1, 200], weight=lambda item: item, heaviest=100))
    [[60], [60, 1], [200]]
    """
    group: list[T] = []
    total = 0
    for item in items:
        added = weight(item)
        if group and (len(group) == most or total + added > heaviest):
            yield group
            group, total = [], 0
        group.append(item)
        total += added
    if group:
        yield group
