"""The headers that both web apps send with every answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import Message

SECURITY_HEADERS: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def add_headers(start: Message, headers: Mapping[str, str]) -> None:
    """Put headers into an ASGI message that starts an answer; those that the answer has already stay."""
    present = MutableHeaders(scope=start)
    for name, value in headers.items():
        present.setdefault(name, value)
