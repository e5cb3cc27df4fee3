"""Pictures of every page at two widths, into var/screens: `make screens`, and look.

A real portal over made-up people, a station with sample cards, a browser; and every letter.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.sample import seed_example
from pipeline.settings import ROOT
from reader_station.card.simulated_reader import SimulatedReader
from reader_station.cli.simulated_portal import SimulatedPortal, simulated_portal
from tests.mailers.written_letters import letters
from tests.reader_station.browser import ARGUMENTS, CHROMIUM, NARROW, WIDE, overflows
from tests.reader_station.station.stations import running_station

FOLDER: Final = ROOT / "var" / "screens"
PASSWORD: Final = "a made-up phrase 1122"
PATIENCE: Final = 10_000  # milliseconds
SETTLED: Final = 400

Act = Callable[[Page], object]


class Camera:
    """The same page in two windows; each picture is taken in both."""

    def __init__(self, browser: Browser, room: str) -> None:
        self._room = room
        self.pages = {
            size[0]: browser.new_context(
                viewport={"width": size[0], "height": size[1]}, locale="zh-TW"
            ).new_page()
            for size in (WIDE, NARROW)
        }
        for page in self.pages.values():
            page.set_default_timeout(PATIENCE)

    @property
    def wide(self) -> Page:
        """The window in which things are done."""
        return self.pages[WIDE[0]]

    def take(self, name: str, act: Act = lambda _page: None) -> None:
        """Act in both windows, and take the picture; pages that must be scrolled sideways are named."""
        for width, page in self.pages.items():
            act(page)
            page.wait_for_timeout(SETTLED)
            page.screenshot(path=FOLDER / f"{self._room}-{name}-{width}.png", full_page=True)
            if overflows(page):
                print(f"{self._room}-{name}: wider than {width}")


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        with simulated_portal(Path(folder)) as portal:
            take_station(browser, portal)
            take_portal(browser, portal)
        take_letters(browser)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ROOT)}")


def take_station(browser: Browser, portal: SimulatedPortal) -> None:
    """The pages beside the reader, from the empty reader to the application."""
    reader = SimulatedReader(portal.holders)
    with running_station(portal.client.base_url, reader=reader, is_tray_shown=True) as station:
        camera = Camera(browser, "station")
        for page in camera.pages.values():
            page.goto(station.start_address)
            page.wait_for_url(f"{station.address}/")
        camera.take("front")
        camera.take("errors", _go(f"{station.address}/errors"))
        camera.take("environment", _go(f"{station.address}/environment", "table.check"))
        registration = f"{station.address}/registration"
        camera.take("insert", _go(registration))
        reader.insert(0)
        camera.take("household", _go(registration, "#name"))
        _fill(camera.wide, seed_example.beneficiaries()[0])
        camera.take("contact", _go(registration, "#email"))
        _fill_contact(camera.wide)
        camera.take("sent", _go(registration, "text=確認信已寄出"))
        reader.insert(0)
        camera.take("pending", _go(registration, "text=已做過申請"))
        reader.plug(is_plugged_in=False)
        camera.take("no-reader")


def _fill(page: Page, person: dict[str, Any]) -> None:
    page.get_by_label("戶號").fill(person["household_number"])
    for label, level in (("縣市", "county"), ("鄉鎮市區", "town"), ("村里", "village")):
        page.get_by_label(label, exact=True).select_option(person[level])
    page.get_by_label("鄰").last.fill(person["neighbourhood"])
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("電子郵件").wait_for()


def _fill_contact(page: Page) -> None:
    page.fill("#email", "someone@example.com")
    page.fill("#phone", "0912345678")
    page.fill("#password", PASSWORD)
    page.fill("#password_again", PASSWORD)
    page.get_by_role("button", name="送出申請").click()
    page.get_by_role("heading", name="確認信已寄出").wait_for()


def take_portal(browser: Browser, portal: SimulatedPortal) -> None:
    """Front page, mail link, file check."""
    camera = Camera(browser, "portal")
    address = portal.client.base_url
    camera.take("front", _go(f"{address}/"))
    camera.take("how-to", _go(f"{address}/check/how-to"))
    camera.take("check", _go(f"{address}/check"))
    with _example() as path:
        camera.take("checked", lambda page: _check(page, address, path))
    link = _confirmation_link(portal.mail)
    camera.take("confirm", _go(link))
    camera.wide.get_by_role("button", name="確認").click()
    camera.wide.wait_for_url("**/confirmed*")
    camera.take("confirmed", lambda page: page.goto(f"{address}/confirmed"))


@contextmanager
def _example() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "11000000120150820.CSV"
        path.write_bytes(seed_example.example_file())
        yield path


def _check(page: Page, address: str, path: Path) -> None:
    page.goto(f"{address}/check")
    page.set_input_files("#files", path)
    page.locator("#upload > button").click()
    page.locator(".verdict").first.wait_for()


def _confirmation_link(folder: Path) -> str:
    mail = message_from_bytes(max(folder.glob("*.eml")).read_bytes(), policy=policy.default)
    found = re.search(r"https?://\S+/confirm/\S+", _part(mail, "plain"))
    if found is None:
        raise SystemExit("the newest mail holds no link to confirm by")
    return found[0]


def take_letters(browser: Browser) -> None:
    """Every letter as its reader opens it."""
    camera = Camera(browser, "letter")
    for name, raw in letters().items():
        html = _part(message_from_bytes(raw, policy=policy.default), "html")
        camera.take(name, lambda page, html=html: page.set_content(html))  # type: ignore[misc]


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return str(body.get_content()) if body else ""


def _go(address: str, awaited: str = "h1") -> Act:
    def act(page: Page) -> None:
        page.goto(address)
        page.locator(awaited).first.wait_for()

    return act


if __name__ == "__main__":
    main()
