"""A person registers in a real browser: the card fills the form, and every fault has its words."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.reader_station.sample_holders import FOREIGNER, MEI, MING
from tests.reader_station.station.fake_portal import HOUSEHOLD, FakePortal, create
from tests.reader_station.station.stations import RunningStation, free_socket, running_station

Enter = Callable[[RunningStation, str], Page]
REGISTRATION = "/registration"
MEI_AT, MING_AT, FOREIGNER_AT, RARE_AT = 0, 1, 2, 3
PASSWORD = "made-up long words"


def fill_household(page: Page, number: str = HOUSEHOLD) -> None:
    """The first page, as a national fills it."""
    page.get_by_label("戶號").fill(number)
    page.get_by_label("縣市", exact=True).select_option("臺北市")
    page.get_by_label("鄉鎮市區", exact=True).select_option("大安區")
    page.get_by_label("村里", exact=True).select_option("龍圖里")
    page.get_by_label("鄰", exact=False).last.fill("5")
    page.get_by_role("button", name="下一步").click()


def fill_contact(page: Page, *, again: str = PASSWORD) -> None:
    """The second page."""
    page.get_by_label("電子郵件").fill("mei.lin@example.com")
    page.get_by_label("手機").fill("0912345678")
    page.get_by_label("註冊密碼", exact=True).fill(PASSWORD)
    page.get_by_label("再輸入一次註冊密碼").fill(again)


def test_a_card_put_in_fills_the_form_without_a_click(station: RunningStation, enter: Enter) -> None:
    page = enter(station, REGISTRATION)
    expect(page.get_by_role("heading", name="請插入健保卡")).to_be_visible()
    station.tray.insert(MEI_AT)
    expect(page.get_by_label("姓名")).to_have_value(MEI.name)
    expect(page.locator("dl.card")).to_contain_text(str(MEI.card_number))
    assert MEI.card_number.reveal() not in page.content()
    assert MEI.national_id.reveal() not in page.content()


def test_a_national_registers_and_the_portal_is_asked_once(
    station: RunningStation, enter: Enter, portal: FakePortal
) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(MEI_AT)
    fill_household(page)
    fill_contact(page)
    page.get_by_role("button", name="送出申請").dblclick()
    expect(page.get_by_role("heading", name="確認信已寄出")).to_be_visible()
    expect(page.locator("main")).to_contain_text("2026-11-27 23:59")
    assert portal.count("registrations") == 1
    _, asked = next(call for call in portal.asked if call[0] == "registrations")
    assert asked["card"]["card_number"] == MEI.card_number.reveal()
    assert asked["proof"] == {
        "kind": "household",
        "name": MEI.name,
        "household_number": HOUSEHOLD,
        "county": "臺北市",
        "town": "大安區",
        "village": "龍圖里",
        "neighbourhood": "5",
    }
    assert (asked["email"], asked["phone"]) == ("mei.lin@example.com", "0912345678")
    assert asked["password"] == asked["password_again"] == PASSWORD


def test_a_village_that_is_not_in_the_list_can_be_typed(
    station: RunningStation, enter: Enter, portal: FakePortal
) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(MEI_AT)
    page.get_by_label("戶號").fill(HOUSEHOLD)
    page.get_by_label("縣市", exact=True).select_option("花蓮縣")
    page.get_by_label("鄉鎮市區", exact=True).select_option("玉里鎮")
    page.locator("[name=village_typed]").fill("啟模里")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("電子郵件")).to_be_visible()
    _, asked = next(call for call in portal.asked if call[0] == "identity")
    assert [asked["proof"][level] for level in ("county", "town", "village")] == [
        "花蓮縣",
        "玉里鎮",
        "啟模里",
    ]


@pytest.mark.parametrize(
    ("is_permanent", "expiry"),
    [pytest.param(False, "2026-05-09", id="term"), pytest.param(True, None, id="permanent")],
)
def test_a_foreigner_gives_the_permit_data(
    station: RunningStation, enter: Enter, portal: FakePortal, is_permanent: bool, expiry: str | None
) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(FOREIGNER_AT)
    page.get_by_label("核發日期").fill("112/05/10")
    if is_permanent:
        page.get_by_label("永久居留").check()
        expect(page.get_by_label("居留期限", exact=True)).to_be_disabled()
    else:
        page.get_by_label("居留期限", exact=True).fill("2026/5/9")
    page.get_by_label("背面流水號").fill("AB12345678")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("電子郵件")).to_be_visible()
    _, asked = next(call for call in portal.asked if call[0] == "identity")
    assert asked["proof"] == {
        "kind": "permit",
        "issue_date": "2023-05-10",
        "expiry_date": expiry,
        "serial": "AB12345678",
    }


def test_a_date_that_is_none_is_marked_and_nothing_is_asked(
    station: RunningStation, enter: Enter, portal: FakePortal
) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(FOREIGNER_AT)
    page.get_by_label("核發日期").fill("May 10")
    page.get_by_label("背面流水號").fill("AB12345678")
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#issue_date")).to_be_focused()
    expect(page.locator("#issue_date")).to_have_value("May 10")
    expect(page.locator("#issue_date-wrong")).to_be_visible()
    expect(page.locator("#expiry_date-wrong")).to_be_visible()
    assert portal.count("identity") == 0


def test_a_field_that_the_portal_refuses_is_marked_and_the_passwords_are_not_kept(
    station: RunningStation, enter: Enter
) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(MEI_AT)
    fill_household(page)
    fill_contact(page, again="something else")
    page.get_by_role("button", name="送出申請").click()
    expect(page.locator("#password_again-wrong")).to_contain_text("兩次輸入的密碼不同")
    expect(page.get_by_label("電子郵件")).to_have_value("mei.lin@example.com")
    expect(page.get_by_label("註冊密碼", exact=True)).to_have_value("")
    assert PASSWORD not in page.content()


def test_wrong_household_data_five_times_lock_the_card(station: RunningStation, enter: Enter) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(MEI_AT)
    fill_household(page, "F7654321")
    for _ in range(3):
        expect(page.get_by_role("alert")).to_contain_text("輸入的資料與登記資料不符")
        expect(page.get_by_label("戶號")).to_have_value("F7654321")
        fill_household(page, "F7654321")
    expect(page.get_by_role("alert")).to_contain_text("輸入的資料與登記資料不符")
    fill_household(page, "F7654321")
    expect(page.get_by_role("heading", name="錯誤次數過多，此卡暫停註冊")).to_be_visible()


def test_the_page_forgets_within_a_second_of_the_removal(station: RunningStation, enter: Enter) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(MEI_AT)
    expect(page.get_by_label("姓名")).to_have_value(MEI.name)
    page.get_by_label("戶號").fill(HOUSEHOLD)
    began = time.monotonic()
    station.tray.remove()
    expect(page.get_by_role("heading", name="請插入健保卡")).to_be_visible()
    assert time.monotonic() - began < 1
    assert MEI.name not in page.content()
    assert page.locator("input[name=household_number]").count() == 0
    with station.visitor() as visitor:
        assert MEI.name not in visitor.get("/registration/panel").text


def test_a_page_left_open_in_another_tab_forgets_too(station: RunningStation, enter: Enter) -> None:
    station.tray.insert(MEI_AT)
    first, second = enter(station, REGISTRATION), enter(station, REGISTRATION)
    for page in (first, second):
        expect(page.get_by_label("姓名")).to_have_value(MEI.name)
    began = time.monotonic()
    station.tray.remove()
    for page in (first, second):
        expect(page.get_by_role("heading", name="請插入健保卡")).to_be_visible()
    assert time.monotonic() - began < 1.5


def test_twelve_tabs_all_follow_the_reader(station: RunningStation, enter: Enter) -> None:
    pages = [enter(station, REGISTRATION) for _ in range(12)]
    station.tray.insert(MEI_AT)
    for page in pages:
        expect(page.get_by_label("姓名")).to_have_value(MEI.name)
    pages[0].close()  # it held the connection to the events; another takes over
    station.tray.remove()
    for page in pages[1:]:
        expect(page.get_by_role("heading", name="請插入健保卡")).to_be_visible()


def test_going_back_after_the_removal_shows_nothing_of_the_person(
    station: RunningStation, enter: Enter
) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(MEI_AT)
    expect(page.get_by_label("姓名")).to_have_value(MEI.name)
    page.get_by_role("link", name="回首頁").click()
    station.tray.remove()
    page.go_back()
    expect(page.get_by_role("heading", name="請插入健保卡")).to_be_visible()
    assert MEI.name not in page.content()


def test_a_card_put_back_goes_on(station: RunningStation, enter: Enter) -> None:
    page = enter(station, REGISTRATION)
    for _ in range(2):
        station.tray.insert(MEI_AT)
        expect(page.get_by_label("姓名")).to_have_value(MEI.name)
        station.tray.remove()
        expect(page.get_by_role("heading", name="請插入健保卡")).to_be_visible()


def test_a_changed_card_shows_the_other_person(station: RunningStation, enter: Enter) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(MEI_AT)
    expect(page.get_by_label("姓名")).to_have_value(MEI.name)
    page.get_by_label("戶號").fill(HOUSEHOLD)
    station.tray.insert(MING_AT)
    expect(page.get_by_label("姓名")).to_have_value(MING.name)
    expect(page.get_by_label("戶號")).to_have_value("")


def test_the_button_reads_again(station: RunningStation, enter: Enter, portal: FakePortal) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(MEI_AT)
    expect(page.get_by_label("姓名")).to_have_value(MEI.name)
    page.get_by_role("button", name="讀取").click()
    expect(page.get_by_label("姓名")).to_have_value(MEI.name)
    assert portal.count("look") == 2


def test_a_name_with_an_unreadable_character_can_be_corrected(station: RunningStation, enter: Enter) -> None:
    page = enter(station, REGISTRATION)
    station.tray.insert(RARE_AT)
    expect(page.get_by_label("姓名")).to_have_value(station.tray.tray[RARE_AT].holder.name)
    assert "〓" in station.tray.tray[RARE_AT].holder.name
    expect(page.locator("#name-hint")).to_contain_text("〓")


def test_a_pending_person_has_the_mail_sent_again_or_deletes_the_application(
    station: RunningStation, enter: Enter, portal: FakePortal
) -> None:
    portal.states[MEI.card_number.reveal()] = "PENDING"
    page = enter(station, REGISTRATION)
    station.tray.insert(MEI_AT)
    expect(page.get_by_role("heading", name="你已做過申請")).to_be_visible()
    expect(page.locator("main")).to_contain_text("m****@example.com")
    page.get_by_role("button", name="重寄確認信").click()
    expect(page.get_by_text("確認信已重寄。")).to_be_visible()
    page.get_by_text("刪除註冊申請", exact=True).click()
    page.get_by_role("button", name="確定刪除").click()
    expect(page.get_by_text("註冊申請已刪除。")).to_be_visible()
    expect(page.get_by_label("姓名")).to_have_value(MEI.name)
    assert (portal.count("registrations/resend"), portal.count("registrations/withdraw")) == (1, 1)


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        pytest.param("ACTIVE", "你已做過申請", id="active"),
        pytest.param("SUSPENDED", "無法註冊，請本人洽健保署", id="suspended"),
        pytest.param("BLOCKED", "無法註冊，請本人洽健保署", id="blocked"),
        pytest.param("OLD_CARD", "此卡已換發，請用新卡", id="replaced card"),
        pytest.param("UNKNOWN_CARD", "查無有效健保卡", id="unknown card"),
        pytest.param("LOCKED", "錯誤次數過多，此卡暫停註冊", id="locked"),
    ],
)
def test_every_card_status_has_its_page(
    station: RunningStation, enter: Enter, portal: FakePortal, state: str, heading: str
) -> None:
    portal.states[MEI.card_number.reveal()] = state
    page = enter(station, REGISTRATION)
    station.tray.insert(MEI_AT)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


def test_a_portal_that_is_away_is_4061_and_the_button_tries_again(enter: Enter, portal: FakePortal) -> None:
    with free_socket() as (listening, port):
        listening.close()
        with running_station(f"http://127.0.0.1:{port}") as station:
            page = enter(station, REGISTRATION)
            station.tray.insert(MEI_AT)
            expect(page.get_by_role("alert")).to_contain_text("4061")
            page.get_by_role("button", name="讀取").click()
            expect(page.get_by_role("alert")).to_contain_text("資料無法透過網路送出")


def test_a_portal_that_goes_away_midway_keeps_what_was_typed(enter: Enter, portal: FakePortal) -> None:
    with running_station(create(portal), answer_seconds=0.5) as station:
        page = enter(station, REGISTRATION)
        station.tray.insert(MEI_AT)
        expect(page.get_by_label("姓名")).to_have_value(MEI.name)
        portal.seconds = 3
        fill_household(page)
        expect(page.get_by_role("alert")).to_contain_text("4061")
        expect(page.get_by_label("戶號")).to_have_value(HOUSEHOLD)
        expect(page.get_by_label("村里", exact=True)).to_have_value("龍圖里")
        portal.seconds = 0
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_label("電子郵件")).to_be_visible()


def test_an_answer_lost_on_its_way_ends_as_you_have_applied_already(enter: Enter, portal: FakePortal) -> None:
    with running_station(create(portal), answer_seconds=0.5) as station:
        page = enter(station, REGISTRATION)
        station.tray.insert(MEI_AT)
        fill_household(page)
        expect(page.get_by_label("電子郵件")).to_be_visible()
        portal.states[MEI.card_number.reveal()] = "PENDING"  # taken, and the answer never came
        fill_contact(page)
        page.get_by_role("button", name="送出申請").click()
        expect(page.get_by_role("heading", name="你已做過申請")).to_be_visible()


def test_a_slow_portal_is_announced_and_waited_for(enter: Enter, portal: FakePortal) -> None:
    portal.seconds = 2
    with running_station(create(portal)) as station:
        page = enter(station, REGISTRATION)
        station.tray.insert(MEI_AT)
        expect(page.get_by_role("heading", name="讀取中")).to_be_visible()
        expect(page.get_by_label("姓名")).to_have_value(MEI.name)


def test_a_person_who_leaves_the_card_in_is_forgotten_after_the_idle_time(
    enter: Enter, portal: FakePortal
) -> None:
    with running_station(create(portal), idle_seconds=31.5) as station:
        page = enter(station, REGISTRATION)
        station.tray.insert(MEI_AT)
        expect(page.get_by_label("姓名")).to_have_value(MEI.name)
        expect(page.get_by_role("button", name="繼續使用")).to_be_visible()
    with running_station(create(portal), idle_seconds=1) as station:
        page = enter(station, REGISTRATION)
        station.tray.insert(MEI_AT)
        expect(page.get_by_role("heading", name="畫面閒置過久，資料已清除")).to_be_visible()
        assert MEI.name not in page.content()
        page.get_by_role("button", name="讀取").click()
        expect(page.get_by_label("姓名")).to_have_value(MEI.name)


def test_a_station_that_stops_leaves_no_person_on_the_page(enter: Enter, portal: FakePortal) -> None:
    with running_station(create(portal)) as station:
        page = enter(station, REGISTRATION)
        station.tray.insert(MEI_AT)
        expect(page.get_by_label("姓名")).to_have_value(MEI.name)
    expect(page.locator("#panel")).to_contain_text("連線中斷")
    assert MEI.name not in page.content()


def test_the_english_switch_stays(station: RunningStation, enter: Enter) -> None:
    page = enter(station, REGISTRATION)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Put your NHI card in")).to_be_visible()
    station.tray.insert(FOREIGNER_AT)
    expect(page.get_by_label("Date of issue")).to_be_visible()
    assert FOREIGNER.name in page.locator("dl.card").inner_text()
