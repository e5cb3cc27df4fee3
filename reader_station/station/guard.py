"""Who may speak to the station: this machine's browser, by our own name, with this launch's secret.

Stops DNS rebinding (an exact Host list), pages of other origins (Origin, Sec-Fetch-Site, a token in every
form) and other users of the machine (a cookie that only the start address gives). Sources: facts on the
reader station, section 5; the headers Origin of the Fetch standard and Sec-Fetch-Site of Fetch Metadata.
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
"""Makes the page of a refusal from its status and its reason: host, launch, origin, token, size."""


class Guard:
    """ASGI middleware: passes on what may pass; a form's fields stand in `scope["state"]["form"]`."""

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
        if scope["type"] != "http":  # no web sockets here
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._answer(scope, receive, _with_headers(send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        reason = self._unwelcome(scope, headers)
        if reason:
            await self._refuse(scope, 421 if reason == "host" else 403, reason)(scope, receive, send)
        elif scope["path"] == START:
            await self._exchange(scope)(scope, receive, send)
        elif scope["method"] in READING:
            await self._app(scope, receive, send)
        else:
            await self._take_form(scope, headers, receive, send)

    def _unwelcome(self, scope: Scope, headers: Headers) -> str:
        if headers.getlist("host") != [headers.get("host")] or headers["host"].lower() not in self._hosts:
            return "host"
        is_reading = scope["method"] in READING
        if is_reading and scope["path"].startswith(OPEN_PATHS):
            return ""
        if scope["path"] == START:
            return "" if is_reading else "origin"
        if not self._has_cookie(headers):
            return "launch"
        return "" if (_may_read(headers) if is_reading else _is_ours(headers)) else "origin"

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        found = cookies.get(self._cookie_name)
        return found is not None and _same(found.value, self._cookie)

    def _exchange(self, scope: Scope) -> Response:
        """The start address gives the cookie.

        Its page moves on by itself: after a redirect that began elsewhere a browser would not send a
        SameSite=Strict cookie yet.
        """
        given = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("key", "")
        if not _same(given, self._secret):
            return self._refuse(scope, 403, "launch")
        response = self._started(scope)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.set_cookie(self._cookie_name, self._cookie, httponly=True, samesite="strict", path="/")
        return response

    async def _take_form(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            await self._refuse(scope, 413, "size")(scope, receive, send)
            return
        form = _fields(headers, body)
        if not _same(headers.get(TOKEN_HEADER) or form.pop(TOKEN_FIELD, ""), self._token):
            await self._refuse(scope, 403, "token")(scope, receive, send)
            return
        scope.setdefault("state", {})["form"] = form
        await self._app(scope, _nothing_more(receive), send)


def derived(secret: str, purpose: str) -> str:
    """A value of this launch for one purpose; it does not tell the secret."""
    return hmac.new(secret.encode(), purpose.encode(), sha256).hexdigest()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _may_read(headers: Headers) -> bool:
    """Other origins of this machine (another port is the same site) may link to us, not fetch from us."""
    site = headers.get("sec-fetch-site", "none")
    return site in {"same-origin", "none"} or headers.get("sec-fetch-mode") == "navigate"


def _is_ours(headers: Headers) -> bool:
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is None and site is None:  # every browser sends one of them with a form
        return False
    is_origin_ours = origin is None or origin.lower() == f"http://{headers['host'].lower()}"
    return is_origin_ours and site in {None, "same-origin"}


def _fields(headers: Headers, body: bytes) -> dict[str, str]:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        return {}
    try:
        given = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in given.items()}


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None when it is larger than any form of ours."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MAX_FORM_BYTES:
            return None
        if not message.get("more_body"):
            return body


def _nothing_more(receive: Receive) -> Callable[[], Awaitable[Message]]:
    is_told = False

    async def told() -> Message:
        nonlocal is_told
        if is_told:
            return await receive()
        is_told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return told


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            add_headers(message, HEADERS)
        await send(message)

    return send_with_headers
