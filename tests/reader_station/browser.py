"""A real Chromium for tests of pages; without one a test is skipped, and fails where CI=true."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM: Final = Path("/usr/bin/chromium")
ARGUMENTS: Final = (
    "--no-sandbox",  # a container's root has no other way
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
)
WIDE: Final = (1280, 900)
NARROW: Final = (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once a module; each test opens contexts of its own.

    Not once a session: while Playwright runs, its event loop is this thread's, and `asyncio.run` fails here.
    Beside a browser such calls need a thread of their own.
    """
    if not CHROMIUM.exists():
        missing = "Chromium is missing: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


def overflows(page: Page) -> bool:
    """Is the page wider than its window, so that people must scroll sideways?"""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
