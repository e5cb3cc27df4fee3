"""In which language a page speaks: the switch, then the cookie it left, then what the browser prefers."""

from __future__ import annotations

from typing import Final

from fastapi import Request

from pipeline.words import Language

COOKIE: Final = "lang"
LASTS_SECONDS: Final = 365 * 24 * 3600


def asked_for(request: Request) -> Language | None:
    """The language that the switch in the address asks for."""
    return _known(request.query_params.get("lang"))


def language_of(request: Request) -> Language:
    """The language of the answer to this request."""
    preferred = request.headers.get("accept-language", "")
    return (
        asked_for(request)
        or _known(request.cookies.get(COOKIE))
        or next(filter(None, (_known(tag.strip()[:2].lower()) for tag in preferred.split(","))), None)
        or Language.ZH
    )


def _known(text: str | None) -> Language | None:
    return Language(text) if text in set(Language) else None
