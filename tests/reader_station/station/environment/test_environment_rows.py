"""The environment check: which row is red when, what may be started, and the page in a real browser."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline.finding import Finding
from reader_station.card.card_errors import CHIP_SILENT, READER_IN_USE
from reader_station.station.environment import environment_rows, terminal_checks, this_computer
from reader_station.station.environment.browsers import browser_of
from reader_station.station.environment.old_settings import OLD_SETTINGS
from reader_station.station.environment.reader_rows import ReaderFacts, reader_rows
from reader_station.station.environment.row_language import ON_TERMINAL
from reader_station.station.environment.this_computer import StartPlan, start_plan
from reader_station.station.portal_client import Health, PortalAway
from tests.reader_station.sample_holders import MEI
from tests.reader_station.station.fake_portal import create
from tests.reader_station.station.stations import RunningStation, free_socket, running_station

Enter = Callable[[RunningStation, str], Page]
READER = ("Some reader 00 00",)


def red(rows: list[Finding]) -> set[str]:
    """The English names of the rows that differ."""
    return {
        re.sub(r"^[^A-Za-z]*(?:Smart Card（智慧卡）[^A-Z]*)?", "", row.item)
        for row in rows
        if not row.is_fine
    }


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        pytest.param(ReaderFacts(service=True, readers=READER, card=True), set(), id="all well"),
        pytest.param(ReaderFacts(service=True, readers=READER), set(), id="no card is no fault"),
        pytest.param(ReaderFacts(service=True), {"Card reader"}, id="no reader"),
        pytest.param(
            ReaderFacts(service=True, readers=READER, card=True, fault=READER_IN_USE),
            {"Other program on the reader"},
            id="held by another program",
        ),
        pytest.param(
            ReaderFacts(service=True, readers=READER, card=True, fault=CHIP_SILENT),
            {"NHI card"},
            id="mute card",
        ),
        pytest.param(
            ReaderFacts(service=False, is_simulated=True), {"Card reader"}, id="simulated, unplugged"
        ),
    ],
)
def test_the_reader_rows_name_the_one_that_differs(facts: ReaderFacts, wrong: set[str]) -> None:
    ours = {"Card reader", "NHI card", "Other program on the reader", "Smart card service"}
    assert red(list(reader_rows(facts, ON_TERMINAL))) & ours == wrong


def test_a_service_that_is_down_says_how_to_start_it() -> None:
    rows = list(reader_rows(ReaderFacts(service=False), ON_TERMINAL))
    state = next(row for row in rows if "state" in row.item)
    assert not state.is_fine
    assert state.how_to_fix


@pytest.mark.parametrize(
    ("answer", "url", "wrong"),
    [
        (Health(seconds_ahead=0.4, tls="TLSv1.3"), "https://portal.example.com", set()),
        (Health(seconds_ahead=0.4, tls=""), "http://127.0.0.1:8400", set()),
        (Health(seconds_ahead=0.4, tls=""), "http://portal.example.com", {"Portal"}),
        (Health(seconds_ahead=-500, tls="TLSv1.3"), "https://portal.example.com", {"Clock"}),
        (Health(seconds_ahead=500, tls="TLSv1.3"), "https://portal.example.com", {"Clock"}),
        (PortalAway("no answer in time"), "https://portal.example.com", {"Portal"}),
    ],
)
def test_the_portal_rows_show_reach_encryption_and_clock(
    answer: Health | PortalAway, url: str, wrong: set[str]
) -> None:
    assert red(list(environment_rows.portal_rows(answer, url, ON_TERMINAL))) == wrong


def test_doctor_gets_rows_about_a_portal_that_is_away() -> None:
    with free_socket() as (listening, port):
        listening.close()
        rows = [
            row
            for check in terminal_checks.checks(portal_url=f"http://127.0.0.1:{port}")[2:]
            for row in check()
        ]
    assert [row.is_fine for row in rows] == [False]
    assert "4061" in rows[0].current


@pytest.mark.parametrize(
    ("user_agent", "name", "is_fine"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge",
            True,
        ),
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", True),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1 Version/18.1 Safari/605.1", "Safari", True),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 OPR/120.0", "Opera", True),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/80.0 Safari/537.36", "Chrome", False),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)", "Internet Explorer", False),
        ("curl/8.0", "", False),
    ],
)
def test_the_browser_is_known_by_its_user_agent(user_agent: str, name: str, is_fine: bool) -> None:
    browser = browser_of(user_agent)
    assert (browser.name, browser.is_fine) == (name, is_fine)


def test_each_of_the_fourteen_old_settings_has_its_line() -> None:
    assert [setting.number for setting in OLD_SETTINGS] == list(range(1, 15))
    assert all(setting.now and setting.now_en for setting in OLD_SETTINGS)


@pytest.mark.parametrize(
    ("system", "has_systemd", "has_program", "is_administrator", "shown", "may_run"),
    [
        ("Linux", True, True, True, "sudo systemctl enable --now pcscd.socket", True),
        ("Linux", True, True, False, "sudo systemctl enable --now pcscd.socket", False),
        ("Linux", False, True, True, "sudo pcscd", True),
        ("Linux", False, False, True, "sudo apt-get install pcscd libccid", False),
        ("Windows", False, False, True, "sc config SCardSvr start= auto && sc start SCardSvr", True),
        ("Darwin", False, False, True, "", False),
    ],
)
def test_the_service_is_started_in_the_way_of_the_system_or_the_command_is_shown(
    system: str, has_systemd: bool, has_program: bool, is_administrator: bool, shown: str, may_run: bool
) -> None:
    plan = start_plan(
        system=system, has_systemd=has_systemd, is_administrator=is_administrator, has_program=has_program
    )
    assert (plan.shown, plan.may_run) == (shown, may_run)


@pytest.mark.parametrize(("ends_with", "is_started"), [(0, True), (1, False)])
def test_a_started_service_is_known_by_its_exit_code(
    tmp_path: Path, ends_with: int, is_started: bool
) -> None:
    program = tmp_path / "start-service"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit {ends_with}\n")
    program.chmod(stat.S_IRWXU)
    plan = StartPlan(commands=((str(program),),), shown="", may_run=True)
    assert this_computer.start_service(plan) is is_started
    assert (tmp_path / "ran").exists()


def test_without_the_right_nothing_is_run(tmp_path: Path) -> None:
    plan = StartPlan(commands=(("touch", str(tmp_path / "ran")),), shown="", may_run=False)
    assert this_computer.start_service(plan) is False
    assert not (tmp_path / "ran").exists()


def test_the_page_turns_red_when_the_reader_goes_and_back_by_itself(
    station: RunningStation, enter: Enter
) -> None:
    page = enter(station, "/environment")
    row = page.get_by_role("row").filter(has_text="讀卡機").filter(has_text="已接上")
    expect(row).to_have_class("fine")
    station.tray.plug(is_plugged_in=False)
    expect(row).to_have_class("differs")
    expect(row.locator("b")).to_have_css("color", "rgb(192, 0, 0)")
    station.tray.plug(is_plugged_in=True)
    expect(row).to_have_class("fine")


def test_the_report_is_copied_without_personal_data(station: RunningStation, enter: Enter) -> None:
    station.tray.insert(0)
    page = enter(station, "/environment")
    page.get_by_role("button", name="測試").click()
    expect(page.locator("[data-probe=popup]")).to_have_class("fine")
    page.get_by_role("button", name="複製檢測報告").click()
    report = page.locator("#report").input_value()
    assert "瀏覽器" in report
    assert "快顯視窗" in report
    for personal in (MEI.name, MEI.card_number.reveal(), str(MEI.national_id), MEI.national_id.reveal()):
        assert personal not in report


def test_the_rows_come_as_json_too(station: RunningStation) -> None:
    station.tray.insert(0)
    with station.visitor() as visitor:
        rows = visitor.get("/environment.json").json()["rows"]
    assert {"item", "recommended", "current", "is_fine", "how_to_fix"} == set(rows[0])
    assert any(row["item"] == "服務網站連線" and row["is_fine"] for row in rows)


def test_the_check_shows_nothing_of_the_person_on_the_card(enter: Enter) -> None:
    from tests.reader_station.station.fake_portal import FakePortal

    portal = FakePortal()
    with running_station(create(portal)) as station:
        station.tray.insert(0)
        page = enter(station, "/environment")
        expect(page.locator("table.check").first).to_contain_text("可以讀取")
        assert portal.asked == []
        assert MEI.name not in page.content()
