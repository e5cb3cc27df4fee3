"""Forms that no other site can send: a signed cookie, and the same value in the form (double submit)."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final

from fastapi import Request, Response

from reader_station.portal.portal_context import desk_of
from reader_station.portal.request_faults import PAGE_EXPIRED, RequestRefused

FIELD: Final = "csrf"
_PURPOSE: Final = b"portal form:"


def form_value(request: Request) -> str:
    """The value for this answer's forms: the cookie's, or a new one when there is no genuine cookie."""
    given = request.cookies.get(_cookie(request), "")
    if _is_genuine(request, given):
        return given
    if not hasattr(request.state, "new_csrf"):
        nonce = secrets.token_urlsafe(24)
        request.state.new_csrf = f"{nonce}.{_signature(request, nonce)}"
    new: str = request.state.new_csrf
    return new


def keep_cookie(request: Request, response: Response) -> None:
    """Give the browser the cookie that belongs to a form of this answer, when it has none yet.

    Lax, not strict: whoever comes from a mail's link has forms open in other tabs, too.
    """
    value = getattr(request.state, "new_csrf", None)
    if value is not None:
        is_https = desk_of(request).is_https
        response.set_cookie(_cookie(request), value, httponly=True, secure=is_https, samesite="lax")


def require(request: Request, given: object) -> None:
    """Refuse a form that did not come from a page of ours.

    Raises:
        RequestRefused: PAGE_EXPIRED.
    """
    cookie = request.cookies.get(_cookie(request), "")
    is_same = isinstance(given, str) and hmac.compare_digest(given.encode(), cookie.encode())
    if not (is_same and _is_genuine(request, cookie)):
        raise RequestRefused(PAGE_EXPIRED)


def _cookie(request: Request) -> str:
    return "__Host-csrf" if desk_of(request).is_https else "csrf"


def _is_genuine(request: Request, value: str) -> bool:
    nonce, dot, signature = value.partition(".")
    return bool(dot) and hmac.compare_digest(signature.encode(), _signature(request, nonce).encode())


def _signature(request: Request, nonce: str) -> str:
    return hmac.new(desk_of(request).settings.secret, _PURPOSE + nonce.encode(), sha256).hexdigest()
