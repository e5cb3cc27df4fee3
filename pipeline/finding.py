"""What `nhicard doctor` finds: one setting, what it should be, what it is, and how to put it right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row. `item` in both languages; `how_to_fix` a command or a setting, empty when all is fine.

    No personal data, no secret, no password: people paste these rows into mails.
    """

    item: str
    recommended: str
    current: str
    is_fine: bool
    how_to_fix: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


Check = Callable[[], Iterable[Finding]]
"""One look at the machine. The entry-point group `nhicard.checks` names functions that return such checks."""


def judged(item: str, *, recommended: str, current: str, is_fine: bool, how_to_fix: str) -> Finding:
    """A finding that keeps its advice only where it is needed."""
    advice = "" if is_fine else how_to_fix
    return Finding(item=item, recommended=recommended, current=current, is_fine=is_fine, how_to_fix=advice)
