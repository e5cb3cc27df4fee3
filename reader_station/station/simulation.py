"""The tray of sample cards under every page of a simulated station."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from reader_station.card.simulated_reader import SimulatedReader


def routes(reader: SimulatedReader) -> APIRouter:
    """Put a card in, take it out. The script sends these and stays on its page; without it, back to it."""
    router = APIRouter(prefix="/simulation", include_in_schema=False)

    @router.post("/insert")
    async def insert(request: Request) -> Response:
        number = request.state.form.get("card", "")
        if number.isdecimal() and int(number) < len(reader.tray):
            reader.insert(int(number))
        return _back(request)

    @router.post("/remove")
    async def remove(request: Request) -> Response:
        reader.remove()
        return _back(request)

    return router


def _back(request: Request) -> Response:
    if "x-csrf-token" in request.headers:  # sent by the script
        return Response(status_code=204)
    return RedirectResponse("/registration", status_code=303)
