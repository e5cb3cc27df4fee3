"""What a station hears when a card is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from pipeline.accounts import uses
from pipeline.accounts.refusals import AccountRefused
from pipeline.store.tables import registration
from tests.pipeline.people import HOME, KIOSK, People


def test_a_valid_card_without_a_registration_may_register(people: People) -> None:
    standing = people.look(people.holder().card)
    assert (standing.state, standing.kind, standing.confirm_until, standing.email_masked) == (
        "none",
        "national",
        "",
        "",
    )
    assert people.look(people.holder(foreign=True).card).kind == "foreign"


@pytest.mark.parametrize("state", ["ACTIVE", "SUSPENDED", "BLOCKED"])
def test_a_registered_card_hears_its_state_and_nothing_personal(people: People, state: str) -> None:
    holder = people.holder()
    people.register(people.people[-1], state)
    standing = people.look(holder.card)
    assert (standing.state, standing.email_masked) == (state, "")


def test_a_lapsed_registration_is_none(people: People) -> None:
    holder = people.holder()
    people.register(people.people[-1], "LAPSED")
    assert people.look(holder.card).state == "none"


def test_a_waiting_application_says_until_when_and_where_the_mail_went(people: People) -> None:
    holder = people.holder()
    people.apply(holder, email="lin.yian@mail.example.com")
    standing = people.look(holder.card)
    assert (standing.state, standing.confirm_until) == ("PENDING", "2026-11-26 23:59")
    assert standing.email_masked == "l***@m***.com"
    people.now += timedelta(days=6)
    assert people.look(holder.card).state == "none", "its day is over, whoever noted that"


def test_the_old_number_of_a_resident_leads_to_the_person(people: People) -> None:
    holder = people.holder(former=True)
    assert holder.former_id
    card = replace(holder.card, national_id=holder.former_id)
    assert people.look(card).state == "none"
    people.register(people.people[-1], "ACTIVE", holder.former_id)
    assert people.look(holder.card).state == "ACTIVE", "registered under the former number"


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"national_id": "A123456789"}, id="nobody of the register"),
        pytest.param({"national_id": "nonsense"}, id="no ID"),
        pytest.param({"card_number": "12"}, id="no card number"),
        pytest.param({"card_number": "\x00" * 12}, id="a card number of NULs"),
        pytest.param({"birth_date": date(1990, 3, 15)}, id="another birth date"),
    ],
)
def test_what_the_register_does_not_know_is_no_card(people: People, facts: dict[str, object]) -> None:
    card = replace(people.holder().card, **facts)  # type: ignore[arg-type]
    assert people.look(card).state == "UNKNOWN_CARD"


@pytest.mark.parametrize("facts", [{"card_valid": False}, {"card_number": ""}], ids=["not valid", "has none"])
def test_a_card_of_who_has_no_valid_one_is_no_card(people: People, facts: dict[str, object]) -> None:
    holder = people.holder()
    people.change(holder.national_id, **facts)
    assert people.look(holder.card).state == "UNKNOWN_CARD"


def test_the_first_reading_of_a_new_card_moves_the_registration_and_the_old_card_is_told(
    people: People,
) -> None:
    holder = people.holder()
    people.register(people.people[-1], "ACTIVE")
    new = people.new_card(holder)
    assert people.look(holder.card).state == "OLD_CARD"
    assert people.all(registration, "card_number")[0].card_number == holder.card.card_number
    assert people.look(new).state == "ACTIVE"
    (moved,) = people.all(registration)
    assert (moved.card_number, moved.credential_state) == (new.card_number, "OWN")
    assert people.look(holder.card).state == "OLD_CARD"


def test_the_initial_password_of_a_bulk_registration_goes_with_the_new_card(people: People) -> None:
    holder = people.holder()
    people.register(people.people[-1], "ACTIVE")
    with people.database.transaction() as connection:
        connection.execute(update(registration).values(credential_state="INITIAL"))
    new = people.new_card(holder)
    people.look(new, KIOSK)
    assert people.all(registration, "card_number", "credential_state") == [(new.card_number, "INITIAL")]


def test_a_home_station_is_limited_by_person_and_by_address_and_a_keyed_one_is_not(people: People) -> None:
    holder, other = people.holder(), people.holder()
    for _ in range(uses.LOOKS[0]):
        people.look(holder.card)
    elsewhere = replace(HOME, address="192.0.2.99")
    with pytest.raises(AccountRefused) as refused:
        people.look(replace(holder.card, card_number="000099999999"), elsewhere)
    assert (refused.value.code, refused.value.status) == ("TOO_MANY", 429)
    assert people.look(other.card).state == "none", "another person at the same place"
    assert people.look(holder.card, KIOSK).state == "none"
    people.now += timedelta(days=1)
    assert people.look(holder.card).state == "none"


def test_one_address_cannot_try_many_people(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uses, "LOOKS", (2, 3))
    for _ in range(3):
        people.look(people.holder().card)
    with pytest.raises(AccountRefused, match="TOO_MANY"):
        people.look(people.holder().card)
