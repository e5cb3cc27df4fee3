"""A station over a simulated reader and a portal of one household, and a browser with its cookie."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.reader_station.browser import browser  # noqa: F401  a fixture
from tests.reader_station.station.fake_portal import FakePortal, create
from tests.reader_station.station.stations import RunningStation, running_station


@pytest.fixture
def portal() -> FakePortal:
    """The portal's answers."""
    return FakePortal()


@pytest.fixture
def station(portal: FakePortal) -> Iterator[RunningStation]:
    """A running station."""
    with running_station(create(portal)) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:  # noqa: F811
    """A browser's profile of this test alone."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-TW")
    yield opened
    opened.close()


@pytest.fixture
def enter(context: BrowserContext) -> Iterator[Callable[[RunningStation, str], Page]]:
    """Opens a page of a station from its start address; an error on the page's console fails the test."""
    complaints: list[str] = []

    def entered(station: RunningStation, path: str = "/registration") -> Page:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(station.start_address)
        page.wait_for_url(f"{station.address}/")
        if path != "/":
            page.goto(station.address + path)
        return page

    yield entered
    assert [said for said in complaints if "Failed to load resource" not in said] == []
