"""The station as one ASGI app: one reader, one portal, pages for this machine's browser only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from reader_station.card.card_errors import ERRORS
from reader_station.card.reader import Reader
from reader_station.card.simulated_reader import SimulatedReader
from reader_station.station.desk import Desk
from reader_station.station.environment.environment_routes import environment_routes
from reader_station.station.errands import ERRANDS
from reader_station.station.errands.errand_routes import errand_routes
from reader_station.station.errands.place_lists import place_routes
from reader_station.station.events import Broadcast
from reader_station.station.guard import TOKEN_FIELD, Guard, derived
from reader_station.station.portal_client import PortalClient
from reader_station.station.sample_tray import tray_routes
from reader_station.station.session import IDLE_SECONDS
from reader_station.station.station_pages import STATIC, station_pages
from reader_station.web.page_templates import PageTemplates


def create_station(
    reader: Reader,
    portal: PortalClient,
    *,
    secret: str,
    port: int,
    simulate: SimulatedReader | None = None,
    idle_seconds: float = IDLE_SECONDS,
) -> FastAPI:
    """The app for `reader` on 127.0.0.1:`port`; the start address with this launch's `secret` opens it.

    `simulate`: the reader again when it is a simulated one; every page says so and shows its tray.
    """
    broadcast = Broadcast()
    desk = Desk(reader, portal, on_change=broadcast.publish, idle_seconds=idle_seconds)
    tray = simulate.tray if simulate else ()
    pages = station_pages(csrf_field=TOKEN_FIELD, csrf_token=derived(secret, "form"), tray=tray)
    # No generated documentation: its scripts would be loaded from elsewhere.
    app = FastAPI(lifespan=_lifespan(desk, portal), docs_url=None, redoc_url=None, openapi_url=None)
    app.state.end_streams = broadcast.end
    app.include_router(_front_routes(desk, pages, broadcast))
    for errand in ERRANDS:
        app.include_router(errand_routes(errand(portal), desk, pages))
    app.include_router(place_routes(portal))
    app.include_router(environment_routes(desk, portal, pages, is_simulated=simulate is not None))
    if simulate:
        app.include_router(tray_routes(simulate))
    app.mount("/static", StaticFiles(directory=STATIC))
    _show_errors_as_pages(app, pages)

    def refuse(scope: Scope, status: int, reason: str) -> Response:
        return pages.show(Request(scope), "refused", status=status, reason=reason)

    def started(scope: Scope) -> Response:
        return pages.show(Request(scope), "started")

    app.add_middleware(Guard, port=port, secret=secret, refuse=refuse, started=started)
    return app


def _front_routes(desk: Desk, pages: PageTemplates, broadcast: Broadcast) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def front(request: Request) -> HTMLResponse:
        return pages.show(request, "front")

    @router.get("/errors")
    async def errors(request: Request) -> HTMLResponse:
        return pages.show(request, "errors", errors=list(ERRORS.values()))

    @router.get("/events")
    async def events() -> StreamingResponse:
        return StreamingResponse(broadcast.stream(desk.session.snapshot), media_type="text/event-stream")

    @router.post("/activity")
    async def activity() -> Response:
        desk.touch()
        return Response(status_code=204)

    return router


def _show_errors_as_pages(app: FastAPI, pages: PageTemplates) -> None:
    """The framework's own JSON may quote what was typed."""

    async def missing(request: Request, error: Exception) -> HTMLResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return pages.show(request, "missing", status=status)

    app.add_exception_handler(HTTPException, missing)
    app.add_exception_handler(Exception, missing)


def _lifespan(desk: Desk, portal: PortalClient) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await desk.open()
        try:
            yield
        finally:
            await desk.close()
            await portal.close()

    return lifespan
