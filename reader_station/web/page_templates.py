"""HTML pages from a folder of templates, each text in Chinese and English side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from mailers.helpline import HELPLINE, HELPLINE_MOBILE
from pipeline.words import Language
from reader_station.web.page_language import PageLanguage, say_in


class PageTemplates:
    """The templates of one web app; `everywhere` are values that every template may print."""

    def __init__(self, folder: Path, language: PageLanguage, **everywhere: Any) -> None:
        self._language = language
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals.update(everywhere, helpline=HELPLINE, helpline_mobile=HELPLINE_MOBILE)

    def show(
        self, request: Request, name: str, *, status: int = 200, is_https: bool = False, **facts: Any
    ) -> HTMLResponse:
        """Fill the template `name`, in which `say(zh, en)` picks the language and `path` leads back here.

        Also remembers a language that the address asked for, in a cookie that is secure where `is_https`.
        """
        language = self._language.of(request)
        text = self._templates.get_template(f"{name}.html.jinja").render(
            facts,
            say=say_in(language),
            is_english=language is Language.EN,
            path=request.url.path if request.method in {"GET", "HEAD"} else "/",
        )
        response = HTMLResponse(text, status)
        self._language.remember(request, response, is_https=is_https)
        return response
