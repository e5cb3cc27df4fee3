"""Applications that nobody confirmed in time, and what is left of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.accounts.confirm import confirm
from pipeline.accounts.lapse_registrations import Lapsed, lapse_registrations
from pipeline.store.engine import Database
from pipeline.store.tables import audit_event, mail_token, rate, registration
from tests.journey.office import TODAY
from tests.pipeline.people import People


@pytest.fixture
def people(database: Database, tmp_path: Path) -> People:
    return People.opened(database, tmp_path)


def lapsed(people: People, day: date) -> Lapsed:
    return lapse_registrations(people.database, people.settings, today=day, at=people.now)


def test_an_application_lapses_with_the_day_after_its_fifth_and_holds_nothing_personal(
    people: People,
) -> None:
    holder = people.holder()
    people.apply(holder)
    assert lapsed(people, TODAY + timedelta(days=5)).lapsed == 0
    assert lapsed(people, TODAY + timedelta(days=6)).lapsed == 1
    (stored,) = people.all(registration)
    assert (stored.state, stored.national_id) == ("LAPSED", holder.national_id)
    assert (stored.card_number, stored.email, stored.phone, stored.password_hash) == ("", "", "", None)
    assert [event.action for event in people.all(audit_event)][-1] == "registration.lapse"


def test_who_confirmed_stays(people: People) -> None:
    people.apply(people.holder())
    confirm(people.database, people.settings, people.links()[0], now=people.now)
    before = people.all(registration)
    assert lapsed(people, TODAY + timedelta(days=400)).lapsed == 0
    assert people.all(registration) == before


def test_lapsing_twice_is_lapsing_once(people: People) -> None:
    people.apply(people.holder())
    lapsed(people, TODAY + timedelta(days=6))
    before = people.everything()
    assert lapsed(people, TODAY + timedelta(days=6)) == Lapsed(0, 0, 0, 0)
    assert people.everything() == before


def test_after_the_retention_nothing_is_left_of_it(people: People) -> None:
    people.apply(people.holder())
    day = TODAY + timedelta(days=people.settings.retention_days + 2)
    assert lapsed(people, day) == Lapsed(lapsed=1, forgotten=1, links=0, limits=4)
    for table in (registration, mail_token, rate):
        assert people.all(table) == [], table.name


def test_a_lapsed_person_may_be_registered_by_the_night(people: People) -> None:
    people.apply(people.holder())
    lapsed(people, TODAY + timedelta(days=6))
    people.file("11000000120261121.CSV", people.people[-1])
    people.summary()
    assert people.answers("11000000120261121.CSV") == ["網路服務註冊成功!"]
    (stored,) = people.all(registration)
    assert (stored.state, stored.credential_state, stored.password_hash) == ("ACTIVE", "INITIAL", None)
    assert (stored.channel, stored.confirm_until) == ("bulk", None)


def test_locks_that_are_over_and_limits_of_other_days_go(people: People) -> None:
    people.look(people.holder().card)
    assert len(people.all(rate)) == 2
    assert lapsed(people, TODAY).limits == 0
    assert lapsed(people, TODAY + timedelta(days=1)).limits == 2
