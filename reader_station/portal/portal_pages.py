"""HTML from templates: each text stands once a language, side by side where it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from mailers.letters.rendering import HELPLINE, HELPLINE_MOBILE
from pipeline.words import Language
from reader_station.portal import csrf
from reader_station.portal.portal_context import desk_of
from reader_station.web import page_language

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"

_TEMPLATES: Final = Environment(
    loader=PackageLoader("reader_station.portal"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def page(request: Request, template: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
    """The page of a template; `say(zh, en)` in it picks the language."""
    spoken = page_language.language_of(request)
    known = facts | {
        "say": lambda zh, en: zh if spoken is Language.ZH else en,
        "is_english": spoken is Language.EN,
        "path": request.url.path if request.method == "GET" else "/",
        "csrf": csrf.form_value(request),
        "helpline": HELPLINE,
        "helpline_mobile": HELPLINE_MOBILE,
    }
    response = HTMLResponse(_TEMPLATES.get_template(template).render(known), status)
    csrf.keep_cookie(request, response)
    _keep_language(request, response)
    return response


def _keep_language(request: Request, response: HTMLResponse) -> None:
    asked = page_language.asked_for(request)
    if asked is not None:
        response.set_cookie(
            page_language.COOKIE,
            asked.value,
            max_age=page_language.LASTS_SECONDS,
            httponly=True,
            secure=desk_of(request).is_https,
            samesite="lax",
        )
