"""The page of the environment check, its JSON, and starting the service after a yes."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse

from pipeline.finding import Finding
from reader_station.station.desk import Desk
from reader_station.station.environment import environment_rows, this_computer
from reader_station.station.environment.browsers import OLD_SETTINGS, browser_of
from reader_station.station.environment.reader_rows import ReaderFacts, Speech, reader_rows
from reader_station.station.portal_client import PortalClient
from reader_station.station.station_pages import LANGUAGE
from reader_station.web.page_language import say_in
from reader_station.web.page_templates import PageTemplates


def environment_routes(
    desk: Desk, portal: PortalClient, pages: PageTemplates, *, is_simulated: bool
) -> APIRouter:
    """The environment check."""
    router = APIRouter(prefix="/environment", include_in_schema=False)

    @router.get("")
    async def shell(request: Request) -> HTMLResponse:
        return pages.show(request, "environment/page", old_settings=OLD_SETTINGS)

    @router.get("/panel")
    async def panel(request: Request) -> HTMLResponse:
        version = desk.session.version
        rows = await _rows(desk, portal, request, is_simulated=is_simulated)
        may_change = not is_simulated and not desk.session.seen.service
        response = pages.show(request, "environment/rows", rows=rows, may_change=may_change)
        response.headers["X-Version"] = str(version)
        return response

    @router.get(".json")
    async def as_json(request: Request) -> JSONResponse:
        rows = await _rows(desk, portal, request, is_simulated=is_simulated)
        return JSONResponse({"rows": [row.as_dict() for row in rows]})

    @router.get("/change")
    async def ask(request: Request) -> HTMLResponse:
        plan = this_computer.start_plan_here()
        return pages.show(request, "environment/start_service", plan=plan, outcome="")

    @router.post("/change")
    async def change(request: Request) -> HTMLResponse:
        plan = this_computer.start_plan_here()
        is_started = await asyncio.to_thread(this_computer.start_service, plan)
        outcome = "started" if is_started else "failed"
        return pages.show(request, "environment/start_service", plan=plan, outcome=outcome)

    return router


async def _rows(desk: Desk, portal: PortalClient, request: Request, *, is_simulated: bool) -> list[Finding]:
    say = say_in(LANGUAGE.of(request))
    speech = Speech(item=say, text=say)
    facts, answer = await asyncio.gather(
        _reader_facts(desk, is_simulated=is_simulated), environment_rows.ask_portal(portal)
    )
    of_reader = await asyncio.to_thread(lambda: list(reader_rows(facts, speech)))
    return [
        *environment_rows.operating_system(speech),
        environment_rows.browser_row(browser_of(request.headers.get("user-agent", "")), speech),
        *of_reader,
        *environment_rows.portal_rows(answer, portal.base_url, speech),
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
