"""The public test vectors under tests/data/vectors, each with its source in its own column."""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "vectors"


def read(name: str) -> list[dict[str, str]]:
    """The rows of one vector file; U+2400+n stands for the control character n."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return [{key: decoded(text) for key, text in row.items()} for row in csv.DictReader(file)]


def decoded(text: str) -> str:
    return "".join(chr(ord(c) - 0x2400) if 0x2400 <= ord(c) < 0x2420 else c for c in text)
