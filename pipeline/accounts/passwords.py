"""A person's own password, hashed with argon2id (rules 3: 19 MiB, two passes, one lane)."""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher
from argon2.low_level import Type

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def hashed(password: str) -> str:
    """The hash of a normalised password, with its salt and parameters."""
    return _HASHER.hash(password)
