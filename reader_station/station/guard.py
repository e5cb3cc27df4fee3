"""The guard before every request: only this machine's browser, by our own name, with this launch's secret.

It stops DNS rebinding (an exact list of Host values), pages of other origins (Origin, Sec-Fetch-Site, a token
in every form) and other users of the machine (a cookie that only the start address gives). Sources: Origin in
the Fetch standard (https://fetch.spec.whatwg.org/#origin-header), Sec-Fetch-Site in Fetch Metadata Request
Headers (https://www.w3.org/TR/fetch-metadata/).
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs, parse_qsl

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reader_station.web.security_headers import SECURITY_HEADERS, add_headers

START: Final = "/start"
OPEN_PATHS: Final = ("/static/",)  # style and script of the refusal page; nothing of a person
READING: Final = frozenset({"GET", "HEAD"})
FORM_TYPE: Final = "application/x-www-form-urlencoded"
MAX_FORM_BYTES: Final = 64 * 1024
MAX_FIELDS: Final = 64
TOKEN_FIELD: Final = "csrf_token"  # noqa: S105  a field's name
TOKEN_HEADER: Final = "x-csrf-token"  # noqa: S105  a header's name
HEADERS: Final = {
    **SECURITY_HEADERS,
    "Cache-Control": "no-store",  # style and script too: the next launch may be another version
    # The page needs less than the portal's: nothing but its own script, style, pictures and events.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # no-referrer would make the browser send Origin: null with our forms
}

Refuse = Callable[[Scope, int, str], Response]
"""Makes the page of a refusal from its HTTP status and its reason: host, launch, origin, token or size."""


class Guard:
    """ASGI middleware that refuses or passes on; the fields of a form are in `scope["state"]["form"]`."""

    def __init__(
        self, app: ASGIApp, *, port: int, secret: str, refuse: Refuse, started: Callable[[Scope], Response]
    ) -> None:
        self._app = app
        self._hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))
        self._secret = secret
        self._refuse = refuse
        self._started = started
        self._cookie_name = f"nhicard_station_{port}"  # cookies know no ports
        self._cookie = derived(secret, "cookie")
        self._token = derived(secret, "form")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the station has no web sockets
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._refuse_or_pass(scope, receive, _with_headers(send))

    async def _refuse_or_pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        reason = self._reason_to_refuse(scope, headers)
        if reason:
            await self._refuse(scope, 421 if reason == "host" else 403, reason)(scope, receive, send)
        elif scope["path"] == START:
            await self._give_cookie(scope)(scope, receive, send)
        elif scope["method"] in READING:
            await self._app(scope, receive, send)
        else:
            await self._pass_form_on(scope, headers, receive, send)

    def _reason_to_refuse(self, scope: Scope, headers: Headers) -> str:
        if headers.getlist("host") != [headers.get("host")] or headers["host"].lower() not in self._hosts:
            return "host"
        is_reading = scope["method"] in READING
        if is_reading and scope["path"].startswith(OPEN_PATHS):
            return ""
        if scope["path"] == START:
            return "" if is_reading else "origin"
        if not self._has_cookie(headers):
            return "launch"
        return "" if (_may_read(headers) if is_reading else _is_own_form(headers)) else "origin"

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        found = cookies.get(self._cookie_name)
        return found is not None and _is_equal(found.value, self._cookie)

    def _give_cookie(self, scope: Scope) -> Response:
        """The answer to the start address.

        Its page moves on by itself: after a redirect that began on another site, a browser does not send a
        SameSite=Strict cookie yet.
        """
        given = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("key", "")
        if not _is_equal(given, self._secret):
            return self._refuse(scope, 403, "launch")
        response = self._started(scope)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.set_cookie(self._cookie_name, self._cookie, httponly=True, samesite="strict", path="/")
        return response

    async def _pass_form_on(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        body = await _read_body(receive)
        if body is None:
            await self._refuse(scope, 413, "size")(scope, receive, send)
            return
        form = _form_fields(headers, body)
        if not _is_equal(headers.get(TOKEN_HEADER) or form.pop(TOKEN_FIELD, ""), self._token):
            await self._refuse(scope, 403, "token")(scope, receive, send)
            return
        scope.setdefault("state", {})["form"] = form
        await self._app(scope, _without_body(receive), send)


def derived(secret: str, purpose: str) -> str:
    """A value of this launch for one purpose, from which the secret cannot be computed."""
    return hmac.new(secret.encode(), purpose.encode(), sha256).hexdigest()


def _is_equal(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _may_read(headers: Headers) -> bool:
    """Other origins of this machine (another port is the same site) may link here, not fetch from here."""
    site = headers.get("sec-fetch-site", "none")
    return site in {"same-origin", "none"} or headers.get("sec-fetch-mode") == "navigate"


def _is_own_form(headers: Headers) -> bool:
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is None and site is None:  # every browser sends one of the two with a form
        return False
    has_own_origin = origin is None or origin.lower() == f"http://{headers['host'].lower()}"
    return has_own_origin and site in {None, "same-origin"}


def _form_fields(headers: Headers, body: bytes) -> dict[str, str]:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        return {}
    try:
        given = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in given.items()}


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body, or None when it is larger than any form of the station."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MAX_FORM_BYTES:
            return None
        if not message.get("more_body"):
            return body


def _without_body(receive: Receive) -> Callable[[], Awaitable[Message]]:
    """What the app receives after the guard has read the form: an empty body, then what still comes."""
    is_empty_body_sent = False

    async def receive_rest() -> Message:
        nonlocal is_empty_body_sent
        if is_empty_body_sent:
            return await receive()
        is_empty_body_sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive_rest


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            add_headers(message, HEADERS)
        await send(message)

    return send_with_headers
