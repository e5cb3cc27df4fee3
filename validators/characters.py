"""Characters that people and programs leave in a text without meaning them: the one table of the house.

Cells, rows, phone numbers, names and file names are all cleaned by this table, so that a cell which one of
them calls empty is not text to another.
"""

from __future__ import annotations

from typing import Final

# Every space of Unicode; the last one is the ideographic space, U+3000.
WHITESPACE: Final = "".join(filter(str.isspace, map(chr, range(0x3001))))

# Characters that take no room: soft hyphen, zero-width spaces and joiners, direction marks (address books put
# them around phone numbers), word joiner, BOM.
ZERO_WIDTH: Final = "".join(
    map(
        chr,
        (0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF),
    )
)

# What cannot be seen. A cell of blanks is empty, a row of such cells is no row.
BLANKS: Final = WHITESPACE + ZERO_WIDTH

# Hyphens, dashes and the minus sign that phones and word processors put in place of "-", which comes first.
DASHES: Final = "-‐‑‒–—―−﹘﹣－"

# Straight and curly quotes, single and double.
QUOTES: Final = "'\"‘’“”"
