"""The routes of an errand: its page, its panel, reading the card, and one route for each act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from reader_station.station.desk import Desk, OtherCard
from reader_station.station.errands.errand import Act, Errand, Panel
from reader_station.station.session import StationState
from reader_station.web.page_templates import PageTemplates

READING_PATIENCE: Final = 1.0  # seconds; a slower card is announced by an event
# What is seen while no card is read, whatever the errand.
PANELS: Final = {
    StationState.NO_SERVICE: "reader_fault",
    StationState.NO_READER: "reader_fault",
    StationState.EMPTY: "insert_card",
    StationState.UNREAD: "reading",
    StationState.READING: "reading",
    StationState.ASLEEP: "asleep",
    StationState.ERROR: "reader_fault",
}


def errand_routes(errand: Errand, desk: Desk, pages: PageTemplates) -> APIRouter:
    """The routes of one errand below its path."""
    router = APIRouter(prefix=errand.path, include_in_schema=False)

    @router.get("")
    async def page(request: Request) -> HTMLResponse:
        return pages.show(request, "errand", errand=errand)

    @router.get("/panel")
    async def panel(request: Request) -> HTMLResponse:
        """What the person sees now; a card that is not read yet is read for it."""
        if desk.session.state in {StationState.UNREAD, StationState.READING}:
            await desk.read(patience=READING_PATIENCE)
        shown = panel_of(errand, desk)
        response = pages.show(request, shown.template, errand=errand, **shown.facts)
        response.headers["X-Version"] = str(desk.session.version)
        return response

    @router.post("/read")
    async def read() -> Response:
        await desk.read(patience=READING_PATIENCE)
        return RedirectResponse(errand.path, status_code=303)

    for act in errand.acts():
        router.add_api_route(act.path, _endpoint(act, errand, desk, pages), methods=["POST"])
    return router


def panel_of(errand: Errand, desk: Desk) -> Panel:
    """The errand's panel for a card that was read, else the one of the reader's state."""
    session = desk.session
    if session.visit is not None:
        return errand.panel(session.visit)
    return Panel(f"panels/{PANELS[session.state]}", {"error": session.fault or session.seen.error})


def _endpoint(
    act: Act, errand: Errand, desk: Desk, pages: PageTemplates
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        """Back to the page, whose panel shows the result; or the page that says the card is another."""
        try:
            await _carry_out(act, desk, request.state.form)
        except OtherCard:
            return pages.show(request, "other_card", status=409, errand=errand)
        return RedirectResponse(errand.path, status_code=303)

    return endpoint


async def _carry_out(act: Act, desk: Desk, form: dict[str, str]) -> None:
    token = form.get("reading", "")
    if not act.asks_portal:
        await act.carry_out(desk.visit_of(token), form)
        return
    async with desk.same_card(token) as visit:
        await act.carry_out(visit, form)
