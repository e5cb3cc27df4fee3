"""Limits of request bodies, counted as they arrive: their headers may say anything."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALL_BODY: Final = 64 * 1024  # any form or JSON body of the portal
FORM_AROUND_FILES: Final = 64 * 1024
# A browser shows an answer only after it has sent everything: this much of a body too large is discarded.
DISCARDED_BYTES: Final = 256 * 1024 * 1024
DISCARDING_SECONDS: Final = 30.0


class BodyLimit:
    """ASGI middleware: `upload_path` takes `file_bytes` and a form around them, other paths `SMALL_BODY`."""

    def __init__(self, app: ASGIApp, *, upload_path: str, file_bytes: int) -> None:
        self._app = app
        self._upload_path = upload_path
        self._upload_limit = file_bytes + FORM_AROUND_FILES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._upload_limit if scope["path"] == self._upload_path else SMALL_BODY
        await self._app(scope, _CountedBody(scope, receive, limit).receive, send)


class _CountedBody:
    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        self._is_declared_too_large = declared.isdecimal() and int(declared) > limit
        self._asks_first = headers.get("expect", "").lower() == "100-continue"
        self._receive = receive
        self._limit = limit
        self._seen = 0

    async def receive(self) -> Message:
        """The next piece of the body.

        Raises:
            HTTPException: 413, which the app answers; the body is larger than the limit.
        """
        if self._is_declared_too_large:
            self._is_declared_too_large = False
            if not self._asks_first:
                await self._discard()
            raise HTTPException(413)
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            if message.get("more_body", False):
                await self._discard()
            raise HTTPException(413)
        return message

    async def _discard(self) -> None:
        try:
            async with asyncio.timeout(DISCARDING_SECONDS):
                discarded, has_more = 0, True
                while has_more and discarded < DISCARDED_BYTES:
                    message = await self._receive()
                    discarded += len(message.get("body", b""))
                    has_more = message.get("more_body", False)
        except TimeoutError:
            return
