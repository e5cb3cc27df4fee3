"""What a column of a register file must hold, as its table stores it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedColumn:
    """One column: its kind, its longest text (None: any), whether it may be empty, whether it is a key.

    An empty key column is refused unless `has_default`.
    """

    name: str
    kind: Literal["text", "date", "boolean", "number"]
    longest: int | None
    nullable: bool
    is_key: bool
    has_default: bool
