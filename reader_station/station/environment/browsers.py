"""The browser of a request, read from its User-Agent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# The oldest versions that the pages are made for, of 2022 and 2023: the last ones of Windows 7 and 8.
OLDEST: Final = {"Edge": 109, "Opera": 95, "Firefox": 115, "Chrome": 109, "Safari": 16}
# The first match counts: Edge and Opera name Chrome too, and Chrome names Safari.
_MARKS: Final = (
    ("Internet Explorer", re.compile(r"(?:MSIE |Trident/.*rv:)([0-9]+)")),
    ("Edge", re.compile(r"Edg(?:A|iOS)?/([0-9]+)")),
    ("Opera", re.compile(r"OPR/([0-9]+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/([0-9]+)")),
    ("Chrome", re.compile(r"(?:Headless)?Chrom(?:e|ium)/([0-9]+)")),
    ("Safari", re.compile(r"Version/([0-9]+).* Safari/")),
)


@dataclass(frozen=True, slots=True)
class Browser:
    """Name and main version; an empty name for an unknown one."""

    name: str
    version: int

    @property
    def is_fine(self) -> bool:
        """Is it one that the pages are made for?"""
        return self.name in OLDEST and self.version >= OLDEST[self.name]


def browser_of(user_agent: str) -> Browser:
    """The browser that a User-Agent names.

    >>> browser_of("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36")
    Browser(name='Chrome', version=140)
    >>> browser_of("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko").is_fine
    False
    """
    for name, mark in _MARKS:
        found = mark.search(user_agent[:1000])
        if found:
            return Browser(name, int(found[1]))
    return Browser("", 0)
