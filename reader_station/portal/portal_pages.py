"""The portal's pages: its templates with the value against forged forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from reader_station.portal import csrf
from reader_station.portal.portal_context import context_of
from reader_station.web.page_language import PageLanguage
from reader_station.web.page_templates import PageTemplates

ROOM: Final = Path(__file__).parent
STATIC: Final = ROOM / "static"
# Lax: people come from links in mails, and find the page in the language that they chose before.
LANGUAGE: Final = PageLanguage(cookie="lang", same_site="lax", asks_browser=True)
_TEMPLATES: Final = PageTemplates(ROOM / "templates", LANGUAGE)


def page(request: Request, name: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
    """The page of the template `name`; its forms carry `csrf`."""
    value, is_https = csrf.form_value(request), context_of(request).is_https
    response = _TEMPLATES.show(request, name, status=status, is_https=is_https, csrf=value, **facts)
    csrf.keep_cookie(request, response)
    return response
