"""The language of a page: which wish counts, and how a choice is kept."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import Response

from pipeline.words import Language
from reader_station.web.page_language import PageLanguage

ASKING = PageLanguage(cookie="lang", same_site="lax", asks_browser=True)
SILENT = PageLanguage(cookie="lang", same_site="strict", asks_browser=False)


def request(query: str = "", **headers: str) -> Request:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "query_string": query.encode(), "headers": fields})


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        pytest.param(request(), Language.ZH, id="nothing said"),
        pytest.param(request("lang=en"), Language.EN, id="the address"),
        pytest.param(request("lang=zh", cookie="lang=en"), Language.ZH, id="the address before the cookie"),
        pytest.param(request("lang=xx", cookie="lang=en"), Language.EN, id="an unknown one is none"),
        pytest.param(request(cookie="lang=en"), Language.EN, id="the cookie"),
        pytest.param(request(cookie="other=en"), Language.ZH, id="another cookie"),
        pytest.param(request(cookie="lang=zh", accept_language="en"), Language.ZH, id="before the browser"),
    ],
)
def test_the_strongest_wish_counts(asked: Request, language: Language) -> None:
    assert ASKING.of(asked) is language


def test_the_browser_is_asked_only_where_the_app_wants_it() -> None:
    preferring = request(accept_language="vi, en-GB;q=0.8")
    assert (ASKING.of(preferring), SILENT.of(preferring)) == (Language.EN, Language.ZH)


def test_only_a_choice_in_the_address_is_kept() -> None:
    response = Response()
    for asked in (request(), request("lang=xx"), request(cookie="lang=en")):
        SILENT.remember(asked, response, is_https=False)
    assert "set-cookie" not in response.headers
    SILENT.remember(request("lang=en"), response, is_https=True)
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("lang=en;")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=strict", "Max-Age=31536000"))
