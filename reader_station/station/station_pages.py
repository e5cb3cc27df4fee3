"""Pages from templates, in Chinese with an English switch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

ROOM: Final = Path(__file__).parent
STATIC: Final = ROOM / "static"
LANGUAGE_COOKIE: Final = "nhicard_language"
HELPLINE: Final = "0800-030-598"
HELPLINE_MOBILE: Final = "02-4128-678"
A_YEAR: Final = 365 * 24 * 3600

Language = Literal["zh", "en"]
Words = Callable[[str, str], str]
"""Chooses between a Chinese and an English wording."""


def words_in(language: Language) -> Words:
    """The chooser of one language.

    >>> words_in("en")("下一步", "Next")
    'Next'
    """
    return (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)


def language_of(request: Request) -> Language:
    """`?lang=` if given, else what this browser chose before, else Chinese."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if chosen == "en" else "zh"


class Pages:
    """Fills the templates; `everywhere` stands in every page."""

    def __init__(self, everywhere: Mapping[str, Any]) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(ROOM / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(everywhere, helpline=HELPLINE, helpline_mobile=HELPLINE_MOBILE)

    def show(self, request: Request, name: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
        """The page `name`; a language given in the address is remembered."""
        language = language_of(request)
        back = request.url.path if request.method in {"GET", "HEAD"} else "/"
        text = self._templates.get_template(f"{name}.html.jinja").render(
            t=words_in(language), language_path=back, **facts
        )
        response = HTMLResponse(text, status_code=status)
        if request.query_params.get("lang") in {"zh", "en"}:
            response.set_cookie(LANGUAGE_COOKIE, language, max_age=A_YEAR, samesite="strict", httponly=True)
        return response
