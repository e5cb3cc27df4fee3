"""The station's templates, and where a browser's language is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from reader_station.web.page_language import PageLanguage
from reader_station.web.page_templates import PageTemplates

ROOM: Final = Path(__file__).parent
STATIC: Final = ROOM / "static"
# Strict: no other page leads here with a choice of language. Many people use a kiosk's browser, whose own
# language says nothing about them.
LANGUAGE: Final = PageLanguage(cookie="nhicard_language", same_site="strict", asks_browser=False)


def station_pages(**everywhere: Any) -> PageTemplates:
    """The station's templates; `everywhere` stands in every page."""
    return PageTemplates(ROOM / "templates", LANGUAGE, **everywhere)
