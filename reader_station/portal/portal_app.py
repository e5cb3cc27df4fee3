"""The portal as one ASGI app: what it is made of, and in which order a request meets it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Final

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.tasks.mail_delivery import deliver_mail
from reader_station.portal import api, error_answers
from reader_station.portal.body_limit import BodyLimit
from reader_station.portal.pages import file_check, front, mail_links
from reader_station.portal.portal_context import Desk
from reader_station.portal.portal_pages import STATIC
from reader_station.portal.urgent_mail import UrgentMail
from reader_station.portal.watch import Watch

LAST_MAIL_SECONDS: Final = 5.0  # of a portal that is told to stop while it sends


def create_portal(
    settings: Settings, database: Database, *, now: Callable[[], datetime] | None = None
) -> FastAPI:
    """The portal over a migrated database. Without a lifespan (in-process stations) it works the same."""
    clock = now or partial(datetime.now, UTC)
    deliver = partial(deliver_mail, database, settings, now=clock, only_urgent=True)
    desk = Desk(settings, database, clock, UrgentMail(deliver))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        desk.urgent_mail.rest(LAST_MAIL_SECONDS)

    # The framework's own pages load scripts from elsewhere.
    app = FastAPI(title="健保卡網路服務", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.desk = desk
    for part in (api, mail_links, file_check, front):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    error_answers.add_to(app)
    app.add_middleware(BodyLimit, upload_path=file_check.UPLOAD_PATH, file_bytes=settings.file_max_bytes)
    app.add_middleware(Watch, is_https=desk.is_https)  # added last: outermost
    return app
