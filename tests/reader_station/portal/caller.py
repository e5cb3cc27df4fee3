"""Calls a portal in this process, as a station and as a browser that keeps cookies."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from fastapi import FastAPI

_FORM_VALUE = re.compile(r'name="csrf" value="([^"]+)"')


class Caller:
    """One visitor of the portal; `address` is where it seems to sit."""

    def __init__(self, app: FastAPI, *, address: str = "192.0.2.1", **headers: str) -> None:
        self._transport = httpx.ASGITransport(app, client=(address, 50_000))
        self._headers = headers
        self.cookies = httpx.Cookies()

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        # In a thread of its own: beside a browser this one has a running loop already.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(self._call(method, path, options))).result()

    def post(self, path: str, body: object, **options: Any) -> httpx.Response:
        """Post JSON to the stations' API."""
        return self("POST", f"/api/v1{path}", json=body, **options)

    def form_value(self, path: str) -> str:
        """What a form on that page holds against forgery."""
        found = _FORM_VALUE.search(self("GET", path).text)
        assert found, f"no form on {path}"
        return found[1]

    def submit(self, path: str, *, shown_at: str = "", **fields: str) -> httpx.Response:
        """Open a page, and send its form."""
        value = self.form_value(shown_at or path)
        return self("POST", path, data={"csrf": value, **fields})

    def upload(self, *files: tuple[str, bytes]) -> httpx.Response:
        """Send files to the file check."""
        value = self.form_value("/check")
        parts = [("files", (name, content, "text/csv")) for name, content in files]
        return self("POST", "/check", data={"csrf": value}, files=parts)

    async def _call(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=self._transport,
            base_url="http://portal.example.com",
            cookies=self.cookies,
            headers=self._headers,
        ) as client:
            response = await client.request(method, path, **options)
            self.cookies = client.cookies
            return response
