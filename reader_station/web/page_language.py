"""The language of a page: asked for in its address, else chosen before, else the browser's, else Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from pipeline.words import Language

PARAMETER: Final = "lang"
LASTS_SECONDS: Final = 365 * 24 * 3600

Say = Callable[[str, str], str]
"""Chooses between a Chinese and an English wording."""


def say_in(language: Language) -> Say:
    """The chooser of one language.

    >>> say_in(Language.EN)("下一步", "Next")
    'Next'
    """
    return (lambda zh, en: zh) if language is Language.ZH else (lambda zh, en: en)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLanguage:
    """Where one web app keeps the choice. `asks_browser`: without a choice, Accept-Language decides."""

    cookie: str
    same_site: Literal["lax", "strict"]
    asks_browser: bool

    def of(self, request: Request) -> Language:
        """The language of the answer to a request."""
        return next(self._wishes(request), Language.ZH)

    def remember(self, request: Request, response: Response, *, is_https: bool) -> None:
        """Keep a language that was asked for in the address, for a year."""
        asked = _language_named(request.query_params.get(PARAMETER))
        if asked is not None:
            response.set_cookie(
                self.cookie,
                asked.value,
                max_age=LASTS_SECONDS,
                httponly=True,
                secure=is_https,
                samesite=self.same_site,
            )

    def _wishes(self, request: Request) -> Iterator[Language]:
        """Every known language that the request names, the strongest wish first."""
        named = [request.query_params.get(PARAMETER), request.cookies.get(self.cookie)]
        if self.asks_browser:
            preferred = request.headers.get("accept-language", "")
            named += [tag.strip()[:2].lower() for tag in preferred.split(",")]
        yield from filter(None, map(_language_named, named))


def _language_named(text: str | None) -> Language | None:
    return Language(text) if text in set(Language) else None
