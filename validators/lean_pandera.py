"""pandera without its tools for making up data, which load hypothesis wherever that is installed.

On a developer's machine they would cost every process 0.2 s, more than judging a hundred thousand rows.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import pandera.pandas as pandera

__all__ = ["pandera"]

TOOLS: Final = "pandera.strategies.base_strategies"
LOADED_BY_TOOLS: Final = "hypothesis"


def _load_tools_bare() -> None:
    """Import the tools while hypothesis seems not to be installed: pandera is made for that."""
    if TOOLS in sys.modules or LOADED_BY_TOOLS in sys.modules:
        return
    sys.modules[LOADED_BY_TOOLS] = None  # type: ignore[assignment]  # how Python marks what cannot be imported
    try:
        import_module(TOOLS)
    finally:
        del sys.modules[LOADED_BY_TOOLS]


_load_tools_bare()
