"""Facts about the links in our mails, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.accounts.queries import mail_tokens
from pipeline.store.engine import Database
from pipeline.store.tables import batch, outbox_message, registration
from tests.journey.office import NAME
from tests.pipeline.bulk.test_vouch import held, offered
from tests.pipeline.people import People
from tests.reader_station.portal.caller import Caller
from tests.reader_station.portal.conftest import opened
from tests.reader_station.portal.sent import application_of


@pytest.fixture
def people(database: Database, tmp_path: Path) -> People:
    return People.opened(database, tmp_path, smtp_port=1)


@pytest.fixture
def call(people: People) -> Iterator[Caller]:
    with opened(people) as portal:
        yield Caller(portal)


@pytest.fixture
def link(people: People, call: Caller) -> str:
    """The path in the confirmation mail of a person who applied."""
    assert call.post("/registrations", application_of(people.holder())).status_code == 201
    (message,) = people.all(outbox_message)
    return str(message.payload["link"]).removeprefix(people.settings.portal_url)


def _state(people: People) -> str:
    (row,) = people.all(registration)
    return str(row.state)


def test_scanners_may_open_the_link_and_only_the_button_spends_it(
    people: People, call: Caller, link: str
) -> None:
    for _ in range(3):
        assert call("GET", link).status_code == 200
        assert call("HEAD", link).status_code in (200, 405)
    assert _state(people) == "PENDING"
    answer = call.submit(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/confirmed")
    assert _state(people) == "ACTIVE"
    assert "註冊完成" in call("GET", "/confirmed").text


def test_the_button_pressed_twice_ends_on_the_same_page(call: Caller, link: str) -> None:
    value = call.form_value(link)
    answers = [call("POST", link, data={"csrf": value}) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == ["/confirmed"] * 2


def test_unknown_used_and_expired_links_show_one_page(people: People, call: Caller, link: str) -> None:
    unknown = call("GET", "/confirm/never-given-out")
    assert call.submit(link).status_code == 303
    used = call("GET", link)
    people.now += timedelta(days=2)
    expired = call("GET", link)
    assert unknown.status_code == 403
    assert "重寄確認信" in unknown.text
    assert used.text.replace(link, "") == unknown.text.replace("/confirm/never-given-out", "")
    assert expired.text == used.text


def test_an_expired_link_confirms_nothing(people: People, call: Caller, link: str) -> None:
    value = call.form_value(link)
    people.now += timedelta(days=2)
    answer = call("POST", link, data={"csrf": value})
    assert (answer.status_code, _state(people)) == (403, "PENDING")


@pytest.mark.parametrize("token", ["%00", "x" * 5000, "%E5%81%A5%E4%BF%9D", "..%2f..%2fetc", "a%0d%0ab"])
@pytest.mark.parametrize("purpose", ["confirm", "release"])
def test_a_mangled_token_is_an_unusable_link_and_no_fault(call: Caller, purpose: str, token: str) -> None:
    assert call("GET", f"/{purpose}/{token}").status_code in (403, 404)
    assert call.submit(f"/{purpose}/{token}", shown_at="/check").status_code in (403, 404)


def test_a_link_for_one_purpose_serves_no_other(people: People, call: Caller, link: str) -> None:
    other = link.replace("/confirm/", "/release/")
    assert call("GET", other).status_code == 403
    assert call.submit(other, shown_at="/check").status_code == 403
    assert _state(people) == "PENDING"
    with people.database.reading() as connection:
        found = mail_tokens.find(connection, link.rpartition("/")[2], mail_tokens.TokenPurpose.CONFIRM)
    assert found is not None
    assert found.used_at is None


def test_a_contact_frees_a_held_file_with_one_press(people: People, call: Caller) -> None:
    path = f"/release/{offered(people, held(people))}"
    shown = call("GET", path).text
    assert NAME in shown
    assert "範例單位1" in shown
    assert [row.state for row in people.all(batch)] == ["held"]
    answer = call.submit(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/released")
    assert [row.state for row in people.all(batch)] == ["waiting"]
    assert "今夜處理" in call("GET", "/released").text
    assert call("GET", path).status_code == 403
