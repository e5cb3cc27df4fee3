"""Text on a terminal whose lines may end between any two Chinese characters; rich breaks at blanks only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

# What stays together: a word or a character, with its opening brackets before and its punctuation behind.
_PIECE: Final = re.compile(r"[(「“]*(?:[A-Za-z0-9@#%&*+./:_'-]+|.)[,;:!?.。、)」”]*\s*", re.DOTALL)
_NARROWEST: Final = 12


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph that fills the width it is given."""

    text: str
    style: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text("\n".join(wrapped(self.text, options.max_width)), self.style, overflow="fold")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(min(_NARROWEST, options.max_width), min(cell_len(self.text), options.max_width))


def wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of a text, each at most `width` cells wide (two a Chinese character) where pieces allow.

    >>> list(wrapped("請填手機,或含區碼的市話。", 10))
    ['請填手機,', '或含區碼的', '市話。']
    """
    line = ""
    for piece in _PIECE.findall(text):
        if line and cell_len(line + piece.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()
