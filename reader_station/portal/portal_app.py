"""The portal as one ASGI app: its parts, and the layers that a request passes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Final

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from pipeline import clock
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.tasks.mail_delivery import deliver_mail
from reader_station.portal import api, error_answers, pages
from reader_station.portal.body_limit import BodyLimit
from reader_station.portal.pages.file_check import UPLOAD_PATH
from reader_station.portal.portal_context import PortalContext
from reader_station.portal.portal_pages import STATIC
from reader_station.portal.urgent_mail import UrgentMail
from reader_station.portal.watch import Watch

LAST_MAIL_SECONDS: Final = 5.0  # for the mail that is being sent when the portal stops


def create_portal(
    settings: Settings, database: Database, *, now: Callable[[], datetime] = clock.now
) -> FastAPI:
    """The portal over a migrated database. It works without a lifespan too, for a station in this process."""
    deliver = partial(deliver_mail, database, settings, now=now, only_urgent=True)
    context = PortalContext(settings, database, now, UrgentMail(deliver))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        context.urgent_mail.wait(LAST_MAIL_SECONDS)

    # No generated documentation: its scripts would be loaded from elsewhere.
    app = FastAPI(title="健保卡網路服務", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.context = context
    for part in (api, pages):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    error_answers.add_to(app)
    app.add_middleware(BodyLimit, upload_path=UPLOAD_PATH, file_bytes=settings.file_max_bytes)
    app.add_middleware(Watch, is_https=context.is_https)  # added last: outermost
    return app
