"""Forms that no other site can send: a signed cookie, and the same value in the form (double submit).

Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet, "Signed Double-Submit Cookie".
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final

from fastapi import Request, Response

from reader_station.portal.portal_context import context_of
from reader_station.portal.request_faults import PAGE_EXPIRED, RequestRefused

FIELD: Final = "csrf"
_PURPOSE: Final = b"portal form:"


def form_value(request: Request) -> str:
    """The value for the forms of this answer: the cookie's, or a new one where there is no genuine cookie."""
    given = request.cookies.get(_cookie_name(request), "")
    if _is_genuine(request, given):
        return given
    if not hasattr(request.state, "new_csrf"):
        nonce = secrets.token_urlsafe(24)
        request.state.new_csrf = f"{nonce}.{_signature(request, nonce)}"
    new: str = request.state.new_csrf
    return new


def keep_cookie(request: Request, response: Response) -> None:
    """Set the cookie that belongs to the forms of this answer, where the browser has none yet.

    Lax, not strict: the page behind a mail's link must find the cookie that forms in other tabs rely on.
    """
    value = getattr(request.state, "new_csrf", None)
    if value is not None:
        is_https = context_of(request).is_https
        response.set_cookie(_cookie_name(request), value, httponly=True, secure=is_https, samesite="lax")


def require(request: Request, given: object) -> None:
    """Refuse a form that no page of this portal made.

    Raises:
        RequestRefused: PAGE_EXPIRED.
    """
    cookie = request.cookies.get(_cookie_name(request), "")
    is_same = isinstance(given, str) and hmac.compare_digest(given.encode(), cookie.encode())
    if not (is_same and _is_genuine(request, cookie)):
        raise RequestRefused(PAGE_EXPIRED)


def _cookie_name(request: Request) -> str:
    return "__Host-csrf" if context_of(request).is_https else "csrf"


def _is_genuine(request: Request, value: str) -> bool:
    nonce, dot, signature = value.partition(".")
    return bool(dot) and hmac.compare_digest(signature.encode(), _signature(request, nonce).encode())


def _signature(request: Request, nonce: str) -> str:
    return hmac.new(context_of(request).settings.secret, _PURPOSE + nonce.encode(), sha256).hexdigest()
