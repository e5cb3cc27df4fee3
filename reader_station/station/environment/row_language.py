"""In which language the rows of the check speak: a page in one, a terminal in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reader_station.web.page_language import Say


@dataclass(frozen=True, slots=True)
class RowLanguage:
    """`item` words the name of a setting, `text` everything else; each from Chinese and English."""

    item: Say
    text: Say


ON_TERMINAL: Final = RowLanguage(item=lambda zh, en: f"{zh} {en}", text=lambda zh, en: en)


def on_page(say: Say) -> RowLanguage:
    """The rows of a page, all in its language."""
    return RowLanguage(item=say, text=say)
