"""The tray of sample cards under every page of a simulated station."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from reader_station.card.simulated_reader import SimulatedReader
from reader_station.station.guard import TOKEN_HEADER


def tray_routes(reader: SimulatedReader) -> APIRouter:
    """The forms that put a card of the tray in and take it out."""
    router = APIRouter(prefix="/simulation", include_in_schema=False)

    @router.post("/insert")
    async def insert(request: Request) -> Response:
        number = request.state.form.get("card", "")
        if number.isdecimal() and int(number) < len(reader.tray):
            reader.insert(int(number))
        return _after_move(request)

    @router.post("/remove")
    async def remove(request: Request) -> Response:
        reader.remove()
        return _after_move(request)

    return router


def _after_move(request: Request) -> Response:
    if TOKEN_HEADER in request.headers:  # sent by the script, which stays on its page
        return Response(status_code=204)
    return RedirectResponse("/registration", status_code=303)
