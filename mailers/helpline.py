"""The administration's helpline, as its published examples print it: in letters and on web pages.

It stands in the lowest room that shows it, without imports, so that a station needs no mail package for it.
"""

from __future__ import annotations

from typing import Final

HELPLINE: Final = "0800-030-598"  # free of charge
HELPLINE_MOBILE: Final = "02-4128-678"  # from mobile phones
