"""The page of the environment check, its JSON, and the form that starts the service."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse

from pipeline.finding import Finding
from reader_station.station.desk import Desk
from reader_station.station.environment import environment_rows, this_computer
from reader_station.station.environment.browsers import browser_of
from reader_station.station.environment.old_settings import OLD_SETTINGS
from reader_station.station.environment.reader_rows import ReaderFacts, reader_rows
from reader_station.station.environment.row_language import on_page
from reader_station.station.portal_client import PortalClient
from reader_station.station.station_pages import LANGUAGE
from reader_station.web.page_language import say_in
from reader_station.web.page_templates import PageTemplates


def environment_routes(
    desk: Desk, portal: PortalClient, pages: PageTemplates, *, is_simulated: bool
) -> APIRouter:
    """The routes below /environment."""
    router = APIRouter(prefix="/environment", include_in_schema=False)

    @router.get("")
    async def page(request: Request) -> HTMLResponse:
        return pages.show(request, "environment/page", old_settings=OLD_SETTINGS)

    @router.get("/panel")
    async def panel(request: Request) -> HTMLResponse:
        version = desk.session.version
        rows = await _findings(desk, portal, request, is_simulated=is_simulated)
        may_change = not is_simulated and not desk.session.seen.service
        response = pages.show(request, "environment/rows", rows=rows, may_change=may_change)
        response.headers["X-Version"] = str(version)
        return response

    @router.get(".json")
    async def as_json(request: Request) -> JSONResponse:
        rows = await _findings(desk, portal, request, is_simulated=is_simulated)
        return JSONResponse({"rows": [row.as_dict() for row in rows]})

    @router.get("/change")
    async def offer_start(request: Request) -> HTMLResponse:
        plan = this_computer.start_plan_here()
        return pages.show(request, "environment/start_service", plan=plan, outcome="")

    @router.post("/change")
    async def start(request: Request) -> HTMLResponse:
        plan = this_computer.start_plan_here()
        is_started = await asyncio.to_thread(this_computer.start_service, plan)
        outcome = "started" if is_started else "failed"
        return pages.show(request, "environment/start_service", plan=plan, outcome=outcome)

    return router


async def _findings(
    desk: Desk, portal: PortalClient, request: Request, *, is_simulated: bool
) -> list[Finding]:
    language = on_page(say_in(LANGUAGE.of(request)))
    facts, answer = await asyncio.gather(
        _reader_facts(desk, is_simulated=is_simulated), environment_rows.ask_portal(portal)
    )
    reader_findings = await asyncio.to_thread(lambda: list(reader_rows(facts, language)))
    return [
        *environment_rows.operating_system(language),
        environment_rows.browser_row(browser_of(request.headers.get("user-agent", "")), language),
        *reader_findings,
        *environment_rows.portal_rows(answer, portal.base_url, language),
    ]


async def _reader_facts(desk: Desk, *, is_simulated: bool) -> ReaderFacts:
    seen = desk.session.seen
    return ReaderFacts(
        service=seen.service,
        readers=(seen.reader,) if seen.reader else (),
        card=seen.card,
        fault=await desk.try_card() if seen.card else None,
        is_simulated=is_simulated,
    )
