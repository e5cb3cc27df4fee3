"""A portal over a database of its own: called in-process, and served by a real uvicorn for browsers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from pipeline.store.engine import Database
from reader_station.portal.portal_app import create_portal
from tests.journey.office import Office
from tests.reader_station.browser import WIDE, browser  # noqa: F401  a fixture

STOPS_WITHIN = 15


@contextmanager
def serve(app: FastAPI) -> Iterator[str]:
    """The app behind a real server on a free port of this machine; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, access_log=False, log_level="warning", timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(STOPS_WITHIN)


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Office:
    """Two units and the people that a test adds, on SQLite."""
    return Office.opened(sqlite_database, tmp_path)


@contextmanager
def opened(office: Office) -> Iterator[FastAPI]:
    """The office's portal; at its end no mail is being sent any more."""
    app = create_portal(office.settings, office.database, now=office.clock)
    yield app
    app.state.context.urgent_mail.wait(STOPS_WITHIN)


@pytest.fixture
def portal(office: Office) -> Iterator[FastAPI]:
    """The office's portal."""
    with opened(office) as app:
        yield app


@pytest.fixture
def address(portal: FastAPI) -> Iterator[str]:
    """Where the portal is served."""
    with serve(portal) as served:
        yield served


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:  # noqa: F811
    """Opens a path of the portal in a browser of its own; an error on the page's console fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_path(path: str, size: tuple[int, int] = WIDE, **options: Any) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, locale="zh-TW", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(address + path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert [said for said in complaints if "Failed to load resource" not in said] == []
