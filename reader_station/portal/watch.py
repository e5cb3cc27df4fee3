"""Around every request: security headers, a log line without personal data, no traceback to the outside."""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.errors import place_of
from reader_station.portal.error_answers import internal_error
from reader_station.web.security_headers import SECURITY_HEADERS, add_headers

_LOG: Final = logging.getLogger(__name__)

HEADERS: Final = {
    **SECURITY_HEADERS,
    # No inline script or style anywhere, so nothing typed or uploaded can run.
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "Referrer-Policy": "no-referrer",  # addresses hold tokens
}
HSTS: Final = "max-age=31536000"


class Watch:
    """The outermost layer of the app. `is_https`: do people reach it over TLS?"""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": HSTS} if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(message, scope)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:  # a bug; its text may quote what a person typed
            _LOG.error("%s: internal error: %s", _route_name(scope), place_of(error))
            if status:  # the answer has begun: the server closes the connection
                raise RuntimeError("the answer broke off") from None
            await internal_error(Request(scope, receive))(scope, receive, send_with_headers)
        fault = scope.get("state", {}).get("fault", "")
        took = (time.perf_counter() - began) * 1000
        _LOG.log(
            logging.WARNING if fault else logging.INFO, "%s %d %.0f ms%s", _route_name(scope), status, took,
            f" ({fault})" if fault else "",
        )  # fmt: skip

    def _add_headers(self, message: Message, scope: Scope) -> None:
        is_static = scope["path"].startswith("/static/")
        add_headers(message, self._headers | {"Cache-Control": "no-cache" if is_static else "no-store"})


def _route_name(scope: Scope) -> str:
    """Method and route; the path itself may hold a token, or anything."""
    route: Any = scope.get("route")
    return f"{scope['method']} {getattr(route, 'path', '-')}"
