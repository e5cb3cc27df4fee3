"""How this process keeps memory it has let go."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

import pyarrow as pa

M_ARENA_MAX: Final = -8  # glibc's mallopt


def share_one_heap() -> None:
    """Have all threads, and Arrow, take memory from one heap.

    By default each keeps a heap of its own and what was freed there: two chunks at once would then take 650
    MB at their peak instead of 400. Where there is no glibc, Arrow alone is told.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
