"""Facts about the portal's pages in a real browser, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from pipeline.store.engine import Database
from pipeline.store.tables import outbox_message, registration
from tests.journey.office import HEADER, NAME, OTHER_NAME
from tests.pipeline.bulk.test_vouch import held, offered
from tests.pipeline.people import People
from tests.reader_station.browser import NARROW, WIDE, overflows
from tests.reader_station.portal.caller import Caller
from tests.reader_station.portal.sent import application_of
from tests.validators.made_up import person_id

Open = Callable[..., Page]
ID = person_id("A", "1", 1_234_567)
SIZES = [pytest.param(WIDE, id="wide"), pytest.param(NARROW, id="narrow")]
# What a browser does with a dropped file, as far as a page can do it by itself.
DROP = """([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name, {type: "text/csv"}));
  const options = {dataTransfer: transfer, bubbles: true, cancelable: true};
  document.getElementById("drop").dispatchEvent(new DragEvent("dragover", options));
  document.getElementById("drop").dispatchEvent(new DragEvent("drop", options));
}"""


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> People:
    """Instead of the folder's own: people with households."""
    return People.opened(sqlite_database, tmp_path, smtp_port=1)


@pytest.fixture
def confirm_path(office: People, portal: FastAPI) -> str:
    """The path in a person's confirmation mail."""
    assert Caller(portal).post("/registrations", application_of(office.holder())).status_code == 201
    (message,) = office.all(outbox_message)
    return "/confirm/" + str(message.payload["link"].rpartition("/")[2])


def files(folder: Path) -> list[Path]:
    """One file that is fine, and one to correct."""
    rows = (f"{ID},yian@example.com,0912345678", f"{ID[:-1]}x,minh@@example.com,912345678")
    made = []
    for name, lines in ((NAME, rows[:1]), (OTHER_NAME, rows)):
        made.append(folder / name)
        made[-1].write_bytes("\r\n".join([HEADER, *lines, ""]).encode("utf-8-sig"))
    return made


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    ["/", "/check", "/check/how-to", "/confirmed", "/released", "/confirm/x", "/password", "/health-bank",
     "/insurance", "/nothing"],
)  # fmt: skip
def test_a_page_fits_its_window_and_has_one_heading(
    open_page: Open, path: str, language: str, size: tuple[int, int]
) -> None:
    page = open_page(f"{path}?lang={language}", size)
    assert not overflows(page)
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    # The style sheet was let through by the policy.
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor") == "rgb(0, 105, 92)"
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_several_chosen_files_have_a_section_each(
    open_page: Open, tmp_path: Path, size: tuple[int, int], scripts: bool
) -> None:
    page = open_page("/check", size, java_script_enabled=scripts)
    page.set_input_files("#files", [str(path) for path in files(tmp_path)])
    page.get_by_role("button", name="開始檢查").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("有檔案不能寄出")
    expect(page.locator("section.file")).to_have_count(2)
    expect(page.locator("tbody .line")).to_have_text("3")
    if scripts:
        assert not overflows(page)


def test_a_dropped_file_is_checked(open_page: Open) -> None:
    page = open_page("/check")
    page.evaluate(DROP, [NAME, f"{HEADER}\r\n{ID},yian@example.com,0912345678\r\n"])
    expect(page.locator("#chosen")).to_contain_text(NAME)
    page.get_by_role("button", name="開始檢查").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("可以寄出")


def test_what_is_wrong_with_the_choice_is_said_before_anything_is_sent(
    open_page: Open, tmp_path: Path
) -> None:
    page = open_page("/check")
    problem = page.get_by_role("alert")
    page.get_by_role("button", name="開始檢查").click()
    expect(problem).to_have_text("請先選擇檔案。")
    large = tmp_path / NAME
    large.write_bytes(b"x" * (21 * 1024 * 1024))
    page.set_input_files("#files", str(large))
    expect(problem).to_contain_text("20 MiB")
    page.set_input_files("#files", [str(path) for path in files(tmp_path)])
    expect(problem).to_have_text("")


def test_a_browser_without_scripts_sees_the_page_about_a_file_that_is_too_large(
    open_page: Open, tmp_path: Path
) -> None:
    page = open_page("/check", java_script_enabled=False)
    large = tmp_path / NAME
    with large.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    page.set_input_files("#files", str(large))
    page.get_by_role("button", name="開始檢查").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("檔案太大", timeout=30_000)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_mail_link_confirms_with_one_press(
    office: People, open_page: Open, confirm_path: str, size: tuple[int, int], scripts: bool
) -> None:
    page = open_page(confirm_path, size, java_script_enabled=scripts)
    page.get_by_role("button", name="確認註冊").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("註冊完成")
    assert confirm_path not in page.url
    assert [row.state for row in office.all(registration)] == ["ACTIVE"]


def test_an_impatient_double_click_confirms_too(office: People, open_page: Open, confirm_path: str) -> None:
    page = open_page(confirm_path)
    page.get_by_role("button", name="確認註冊").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("註冊完成")


def test_everything_can_be_done_by_keyboard(open_page: Open, confirm_path: str) -> None:
    page = open_page(confirm_path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "確認註冊"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("註冊完成")


def test_a_contact_frees_a_held_file(office: People, open_page: Open) -> None:
    page = open_page(f"/release/{offered(office, held(office))}", NARROW)
    expect(page.locator("dl")).to_contain_text(NAME)
    assert not overflows(page)
    page.get_by_role("button", name="是本單位寄的").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已收到您的確認")


def test_the_language_switch_stays(open_page: Open) -> None:
    page = open_page("/check/how-to")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Make the file in Excel")
    page.get_by_role("link", name="NHI card online services").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to do?")


CONTRASTS = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = parse(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.getClientRects().length) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}`);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(open_page: Open, tmp_path: Path, scheme: Any) -> None:
    low: list[str] = []
    for path in ("/", "/check", "/check/how-to", "/confirmed", "/confirm/x", "/nothing"):
        page = open_page(path, color_scheme=scheme)
        low += page.evaluate(CONTRASTS)
    page = open_page("/check", color_scheme=scheme)
    page.set_input_files("#files", [str(path) for path in files(tmp_path)])
    page.get_by_role("button", name="開始檢查").click()
    expect(page.locator(".verdict")).to_be_visible()
    low += page.evaluate(CONTRASTS)
    assert low == []
