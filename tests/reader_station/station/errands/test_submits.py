"""Forms over plain HTTP: bound to the card that is in, sent once, and nothing of a person left anywhere."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from reader_station.card.reader import OnEvent, ReadCard, ReaderState
from reader_station.card.simulated_reader import SimulatedReader
from tests.reader_station.sample_holders import HOLDERS, MEI, MING
from tests.reader_station.station.fake_portal import HOUSEHOLD, FakePortal, create
from tests.reader_station.station.stations import RunningStation, running_station

PROOF = {
    "name": MEI.name,
    "household_number": HOUSEHOLD,
    "county": "臺北市",
    "town": "大安區",
    "village": "龍圖里",
}
CONTACT = {"email": "mei.lin@example.com", "phone": "0912345678"}
PASSWORDS = {"password": "made-up long words", "password_again": "made-up long words"}
PANEL = "/registration/panel"


class LateReader:
    """A reader whose events are late: the monitor has not noticed the last change of the card."""

    def __init__(self) -> None:
        self.inner = SimulatedReader(HOLDERS)
        self.is_late = False

    def start(self, on_event: OnEvent) -> None:
        def on_time(state: ReaderState) -> None:
            if not self.is_late:
                on_event(state)

        self.inner.start(on_time)

    def stop(self) -> None:
        self.inner.stop()

    def read(self) -> ReadCard:
        return self.inner.read()


@pytest.fixture
def visitor(station: RunningStation) -> Iterator[httpx.Client]:
    with station.visitor(Origin=station.address) as client:
        yield client


def until(condition: Callable[[], bool]) -> None:
    """Wait for it, five seconds at most."""
    limit = time.monotonic() + 5
    while not condition() and time.monotonic() < limit:
        time.sleep(0.01)
    assert condition()


def reading_of(visitor: httpx.Client) -> str:
    """The token of the form that is shown, once the card's form has come."""
    found: list[str] = []

    def has_come() -> bool:
        found[:] = re.findall(r'name="reading" value="([^"]+)"', visitor.get(PANEL).text)
        return bool(found)

    until(has_come)
    return found[0]


def send(station: RunningStation, visitor: httpx.Client, path: str, **fields: str) -> httpx.Response:
    return visitor.post(f"/registration/{path}", data={"csrf_token": station.token, **fields})


def test_a_form_of_a_removed_card_is_refused_and_nothing_is_sent(
    station: RunningStation, visitor: httpx.Client, portal: FakePortal
) -> None:
    station.tray.insert(0)
    reading = reading_of(visitor)
    station.tray.remove()
    answer = send(station, visitor, "identity", reading=reading, **PROOF)
    assert answer.status_code == 409
    assert "資料沒有送出" in answer.text
    assert portal.count("identity") == 0


@pytest.mark.parametrize("path", ["identity", "contact", "resend", "withdraw"])
@pytest.mark.parametrize("is_swapped", [pytest.param(True, id="swapped"), pytest.param(False, id="removed")])
def test_a_card_that_moved_unnoticed_between_reading_and_submit_is_refused(
    portal: FakePortal, path: str, is_swapped: bool
) -> None:
    reader = LateReader()
    with ExitStack() as stack:
        station = stack.enter_context(running_station(create(portal), reader=reader))
        visitor = stack.enter_context(station.visitor(Origin=station.address))
        reader.inner.insert(0)
        reading = reading_of(visitor)
        reader.is_late = True
        if is_swapped:
            reader.inner.insert(1)
        else:
            reader.inner.remove()
        answer = send(station, visitor, path, reading=reading, **PROOF, **CONTACT, **PASSWORDS)
        assert answer.status_code == 409
        assert {name for name, _ in portal.asked} == {"look"}
        assert MEI.name not in visitor.get(PANEL).text


def test_the_same_card_put_back_is_another_reading(
    station: RunningStation, visitor: httpx.Client, portal: FakePortal
) -> None:
    station.tray.insert(0)
    reading = reading_of(visitor)
    station.tray.insert(0)
    assert send(station, visitor, "identity", reading=reading, **PROOF).status_code == 409
    assert reading_of(visitor) != reading


def test_four_submits_at_once_apply_once(
    station: RunningStation, visitor: httpx.Client, portal: FakePortal
) -> None:
    station.tray.insert(0)
    reading = reading_of(visitor)
    assert send(station, visitor, "identity", reading=reading, **PROOF).status_code == 303
    portal.seconds = 0.3
    with ThreadPoolExecutor(4) as threads:
        sent = [
            threads.submit(send, station, visitor, "contact", reading=reading, **CONTACT, **PASSWORDS)
            for _ in range(4)
        ]
    assert {answer.result().status_code for answer in sent} == {303}
    assert portal.count("registrations") == 1
    assert "確認信已寄出" in visitor.get(PANEL).text


def test_the_second_page_without_the_first_sends_nothing(
    station: RunningStation, visitor: httpx.Client, portal: FakePortal
) -> None:
    station.tray.insert(0)
    reading = reading_of(visitor)
    send(station, visitor, "contact", reading=reading, **CONTACT, **PASSWORDS)
    assert portal.count("registrations") == 0


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("health professional card (not an NHI card)", "8006"),
        ("incomplete data", "8011"),
        ("chip side down", "8013"),
        ("taken out while it is read", "7004"),
    ],
)
def test_every_bad_card_shows_its_error(
    station: RunningStation, visitor: httpx.Client, label: str, code: str
) -> None:
    place = [card.label_en for card in station.tray.tray].index(label)
    station.tray.insert(place)
    expected = "請插入健保卡" if code == "7004" else f"錯誤代碼 {code}"
    until(lambda: expected in visitor.get(PANEL).text)


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        pytest.param(lambda tray, is_there: tray.plug(is_plugged_in=is_there), "7002", id="reader"),
        pytest.param(lambda tray, is_there: tray.serve(is_running=is_there), "7001", id="service"),
    ],
)
def test_a_missing_reader_or_service_shows_its_error_and_goes_by_itself(
    station: RunningStation,
    visitor: httpx.Client,
    happens: Callable[[SimulatedReader, bool], None],
    code: str,
) -> None:
    happens(station.tray, False)
    until(lambda: f"錯誤代碼 {code}" in visitor.get(PANEL).text)
    happens(station.tray, True)
    until(lambda: "請插入健保卡" in visitor.get(PANEL).text)


def test_a_card_swapped_while_it_is_read_never_shows_the_first_person(
    station: RunningStation, visitor: httpx.Client
) -> None:
    place = [card.label_en for card in station.tray.tray].index("swapped while it is read")
    station.tray.insert(place)
    until(lambda: MING.name in visitor.get(PANEL).text)


def test_events_carry_names_of_states_only(station: RunningStation, visitor: httpx.Client) -> None:
    with visitor.stream("GET", "/events") as events:
        lines = events.iter_lines()
        station.tray.insert(0)
        reading_of(visitor)
        sent = ""
        for line in lines:
            sent += line
            if '"ready"' in line:
                break
    assert events.headers["content-type"].startswith("text/event-stream")
    for personal in (MEI.name, MEI.card_number.reveal(), MEI.national_id.reveal()):
        assert personal not in sent
        assert personal.encode("unicode_escape").decode() not in sent


def test_nothing_of_a_person_is_logged(
    station: RunningStation, visitor: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    station.tray.insert(0)
    reading = reading_of(visitor)
    send(station, visitor, "identity", reading=reading, **PROOF)
    send(station, visitor, "contact", reading=reading, **CONTACT, **PASSWORDS)
    assert "確認信已寄出" in visitor.get(PANEL).text
    personal = (*PROOF.values(), *CONTACT.values(), *PASSWORDS.values(), MEI.national_id.reveal())
    assert [text for text in (*personal, MEI.card_number.reveal()) if text in caplog.text] == []
