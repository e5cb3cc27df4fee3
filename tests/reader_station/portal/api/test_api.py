"""Facts about the stations' API, on both databases."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from pipeline.accounts import station_keys
from pipeline.store.engine import Database
from pipeline.store.tables import outbox_message, registration
from tests.journey.office import read_mails
from tests.pipeline.people import PASSWORD, Holder, People
from tests.reader_station.portal.caller import Caller
from tests.reader_station.portal.conftest import opened
from tests.reader_station.portal.sent import application_of, card_of, proof_of

CARD = {
    "card_number": "000071234567",
    "national_id": "A212345678",
    "name": "林怡安",
    "birth_date": "1990-03-14",
}


@pytest.fixture
def people(database: Database, tmp_path: Path) -> People:
    return People.opened(database, tmp_path, smtp_port=_closed_port())


@pytest.fixture
def holder(people: People) -> Holder:
    return people.holder()


@pytest.fixture
def portal(people: People) -> Iterator[FastAPI]:
    with opened(people) as app:
        yield app


@pytest.fixture
def call(portal: FastAPI) -> Caller:
    return Caller(portal)


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_portal_says_that_it_is_well_and_what_time_it_is(call: Caller) -> None:
    answer = call("GET", "/api/v1/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_card_that_never_came_stands_nowhere(call: Caller, holder: Holder) -> None:
    answer = call.post("/look", {"card": card_of(holder)})
    assert answer.status_code == 200
    assert answer.json() == {"state": "none", "kind": "national", "confirm_until": "", "email_masked": ""}


def test_a_person_applies_and_the_mail_is_sent_at_once(people: People, holder: Holder) -> None:
    with people.post() as folder:
        with opened(people) as app:
            answer = Caller(app).post("/registrations", application_of(holder))
        mails = read_mails(folder)
    assert answer.status_code == 201
    assert answer.json()["confirm_until"] == "2026-11-26 23:59"
    assert holder.email not in answer.text
    assert [mail["To"] for mail in mails] == [holder.email]
    looked = Caller(app).post("/look", {"card": card_of(holder)}).json()
    assert (looked["state"], looked["confirm_until"]) == ("PENDING", "2026-11-26 23:59")


def test_a_mail_server_that_is_away_does_not_fail_the_application(
    people: People, holder: Holder, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), opened(people) as app:
        answer = Caller(app).post("/registrations", application_of(holder))
    assert answer.status_code == 201
    assert [message.recipient for message in people.all(outbox_message)] == [holder.email]
    assert "waits for the regular delivery" in caplog.text
    assert not any(
        value in caplog.text for value in (holder.email, holder.national_id, holder.card.card_number)
    )


def test_the_confirmation_is_sent_again_and_the_application_taken_back(call: Caller, holder: Holder) -> None:
    call.post("/registrations", application_of(holder))
    assert call.post("/registrations/resend", {"card": card_of(holder)}).json()["email_masked"]
    assert call.post("/registrations/withdraw", {"card": card_of(holder)}).status_code == 204
    assert call.post("/look", {"card": card_of(holder)}).json()["state"] == "none"
    refused = call.post("/registrations/resend", {"card": card_of(holder)})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "NOT_PENDING")


def test_right_data_prove_the_person_and_five_wrong_ones_lock_the_card(call: Caller, holder: Holder) -> None:
    asked = {"card": card_of(holder), "proof": proof_of(holder)}
    wrong = asked | {"proof": proof_of(holder, household_number="F7654321")}
    assert call.post("/identity", asked).status_code == 204
    answers = [call.post("/identity", wrong) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [403] * 4 + [423]
    assert call.post("/identity", asked).json()["error"]["code"] == "LOCKED"


def test_a_refused_field_is_named_in_both_languages(call: Caller, holder: Holder) -> None:
    answer = call.post("/registrations", application_of(holder, email="a@@example.com", password_again="x"))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "FIELDS")
    assert set(error["fields"]) == set(error["fields_en"]) == {"email", "password_again"}
    assert all((error["title"], error["what_to_do"], error["title_en"], error["what_to_do_en"]))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"card": {"card_number": PASSWORD}}, "national_id", id="fields-missing"),
        pytest.param({"card": CARD | {"birth_date": "3 Feb"}}, "birth_date", id="no-date"),
        pytest.param({"card": CARD | {"name": "林\0"}}, "name", id="nul"),
        pytest.param({"card": CARD | {"name": "林" * 400}}, "name", id="endless"),
        pytest.param({"card": CARD | {"pin": "1234"}}, "pin", id="unknown-field"),
        pytest.param({"card": 7}, "card", id="no-card"),
    ],
)
def test_a_malformed_body_is_refused_by_field_and_never_quoted(
    call: Caller, caplog: pytest.LogCaptureFixture, body: dict[str, object], field: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = call.post("/look", body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "FORM")
    assert field in error["fields"]
    for value in (PASSWORD, "3 Feb", "1234", *CARD.values(), "林"):
        assert value not in answer.text + caplog.text


def test_a_body_that_is_no_json_is_refused(call: Caller) -> None:
    for options in ({"content": b"{", "headers": {"Content-Type": "application/json"}}, {"content": b"x"}):
        answer = call("POST", "/api/v1/look", **options)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "FORM")


def test_another_site_cannot_make_a_browser_ask(call: Caller, holder: Holder) -> None:
    """A page elsewhere may only send plain text without asking first, and that is not taken for JSON."""
    plain = {"Content-Type": "text/plain"}
    answer = call(
        "POST", "/api/v1/look", content=json.dumps({"card": card_of(holder)}).encode(), headers=plain
    )
    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


def test_a_large_body_is_cut_off(call: Caller) -> None:
    answer = call.post("/look", {"card": "x" * 70_000})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "TOO_LARGE")


def test_an_unknown_path_is_answered_in_json(call: Caller) -> None:
    assert call.post("/nothing", {}).json()["error"]["code"] == "NOT_FOUND"
    answer = call("GET", "/api/v1/look")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "METHOD")


def test_a_keyed_station_is_known_by_its_key_and_a_wrong_key_is_never_a_home(
    people: People, portal: FastAPI, holder: Holder
) -> None:
    key = station_keys.add(people.database, "counter-1", "counter", actor="test", now=people.now).key
    body = {"card": card_of(holder)}
    assert Caller(portal, **{"X-Station-Key": key}).post("/look", body).status_code == 200
    refused = Caller(portal, **{"X-Station-Key": key + "x"}).post("/look", body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "STATION_KEY")
    station_keys.revoke(people.database, "counter-1", actor="test", now=people.now)
    assert Caller(portal, **{"X-Station-Key": key}).post("/look", body).status_code == 403


def test_a_home_station_is_limited_a_day_and_a_keyed_one_is_not(
    people: People, portal: FastAPI, holder: Holder
) -> None:
    key = station_keys.add(people.database, "counter-1", "counter", actor="test", now=people.now).key
    home, counter = Caller(portal), Caller(portal, **{"X-Station-Key": key})
    statuses = [home.post("/look", {"card": card_of(holder)}).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    assert counter.post("/look", {"card": card_of(holder)}).status_code == 200


def test_places_go_from_county_to_village(call: Caller, holder: Holder) -> None:
    assert "臺北市" in call("GET", "/api/v1/places").json()["counties"]
    assert "大安區" in call("GET", "/api/v1/places?county=臺北市").json()["towns"]
    assert "龍門里" in call("GET", "/api/v1/places?county=臺北市&town=大安區").json()["villages"]
    assert call("GET", "/api/v1/places?county=%00").status_code == 400


def test_pressed_twice_one_application_is_made(call: Caller, people: People, holder: Holder) -> None:
    answers = [call.post("/registrations", application_of(holder)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert len(people.all(registration)) == 1


def test_a_foreign_resident_applies_with_the_permit(call: Caller, people: People) -> None:
    for holder in (people.holder(foreign=True), people.holder(foreign=True, permanent=True)):
        assert call.post("/look", {"card": card_of(holder)}).json()["kind"] == "foreign"
        assert call.post("/registrations", application_of(holder)).status_code == 201
