"""Individual registration (個人註冊): one page whose panel follows the card, and the forms it sends."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from reader_station.station.desk import Desk, OtherCard
from reader_station.station.errands import registration_forms
from reader_station.station.portal_client import PortalAway, PortalSaidNo
from reader_station.station.session import State, Visit
from reader_station.web.page_templates import PageTemplates

PAGE: Final = "/registration"
READING_PATIENCE: Final = 1.0  # seconds; a slower card is announced by an event
PANELS: Final = {
    State.NO_SERVICE: "reader_fault",
    State.NO_READER: "reader_fault",
    State.EMPTY: "insert_card",
    State.UNREAD: "reading",
    State.READING: "reading",
    State.ASLEEP: "asleep",
    State.ERROR: "reader_fault",
}
STANDINGS: Final = {"none": "", "PENDING": "pending", "ACTIVE": "active"}  # all others: not_possible


def routes(desk: Desk, pages: PageTemplates) -> APIRouter:
    """The pages of a registration."""
    router = APIRouter(prefix=PAGE, include_in_schema=False)

    @router.get("")
    async def shell(request: Request) -> HTMLResponse:
        return pages.show(request, "errand")

    @router.get("/panel")
    async def panel(request: Request) -> HTMLResponse:
        """What the person sees now; a card that nobody has read yet is read for it."""
        if desk.session.state in {State.UNREAD, State.READING}:
            await desk.read(patience=READING_PATIENCE)
        response = _panel(desk, pages, request)
        response.headers["X-Version"] = str(desk.session.version)
        return response

    @router.post("/read")
    async def read() -> Response:
        await desk.read(patience=READING_PATIENCE)
        return _next()

    @router.post("/identity")
    async def identity(request: Request) -> Response:
        form = request.state.form
        visit = desk.session.visit
        is_foreign = visit is not None and visit.standing.kind == "foreign"
        given = registration_forms.permit(form) if is_foreign else registration_forms.household(form)
        return await _kept(pages, request, desk.identify(form.get("reading", ""), given))

    @router.post("/contact")
    async def contact(request: Request) -> Response:
        form = request.state.form
        return await _kept(
            pages, request, desk.apply(form.get("reading", ""), registration_forms.contact(form))
        )

    @router.post("/back")
    async def back(request: Request) -> Response:
        return await _kept(pages, request, desk.go_back(request.state.form.get("reading", "")))

    @router.post("/resend")
    async def resend(request: Request) -> Response:
        return await _kept(pages, request, desk.resend(request.state.form.get("reading", "")))

    @router.post("/withdraw")
    async def withdraw(request: Request) -> Response:
        return await _kept(pages, request, desk.withdraw(request.state.form.get("reading", "")))

    return router


def place_routes(desk: Desk) -> APIRouter:
    """Names of places for the form's lists; none where the portal does not answer: then they are typed."""
    router = APIRouter(include_in_schema=False)

    @router.get("/places")
    async def places(county: str = "", town: str = "") -> JSONResponse:
        try:
            names = await desk.portal.places(county=county, town=town)
        except (PortalAway, PortalSaidNo):
            names = ()
        return JSONResponse({"names": list(names)})

    return router


async def _kept(pages: PageTemplates, request: Request, work: Any) -> Response:
    """Back to the page, whose panel shows what came of it; or the page that says the card is another."""
    try:
        await work
    except OtherCard:
        return pages.show(request, "other_card", status=409)
    return _next()


def _next() -> RedirectResponse:
    return RedirectResponse(PAGE, status_code=303)


def _panel(desk: Desk, pages: PageTemplates, request: Request) -> HTMLResponse:
    session = desk.session
    visit = session.visit
    if visit is None:
        error = session.fault or session.seen.error
        return pages.show(request, f"panels/{PANELS[session.state]}", error=error)
    return pages.show(request, f"registration/{panel_of(visit)}", visit=visit, typed=visit.typed)


def panel_of(visit: Visit) -> str:
    """Which panel a person who has been read sees."""
    if visit.applied is not None:
        return "mail_sent"
    found = STANDINGS.get(visit.standing.state, "not_possible")
    if found:
        return found
    if visit.is_identified:
        return "contact"
    return "permit" if visit.standing.kind == "foreign" else "household"
