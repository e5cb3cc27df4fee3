"""The night's SQL and the rules' tables say the same of every registration, on each side of midnight."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import product

import pandas as pd
import pytest

from pipeline.accounts.rules.registration import RegistrationState, decide
from pipeline.bulk.queries import judgement
from pipeline.bulk.rules.outcome import Outcome
from pipeline.clock import TAIPEI, midnight
from pipeline.store.tables import registration
from tests.journey.office import NAME, TODAY, UNIT, Office, Person

LAST_SECOND = datetime.combine(TODAY, time(23, 59, 59), tzinfo=TAIPEI)
A_DAY = timedelta(days=1)
# A number's registration: none, or a state with the last moment to confirm.
REGISTRATIONS = [
    None,
    *((state, None) for state in RegistrationState),
    *((RegistrationState.PENDING, LAST_SECOND + day) for day in (-A_DAY, timedelta(), A_DAY)),
]
MOMENTS = {
    "the day before": LAST_SECOND - A_DAY,
    "the day's first moment": midnight(TODAY),
    "its last second": LAST_SECOND,
    "within its last second": LAST_SECOND + timedelta(microseconds=999_999),
    "midnight": LAST_SECOND + timedelta(seconds=1),
}


def registered(office: Office) -> list[tuple[Person, list[tuple[RegistrationState, datetime | None]]]]:
    """A person for each two registrations: under the current and under the former number."""
    people = []
    for pair in product(REGISTRATIONS, repeat=2):
        person = office.person(former=True)
        numbers = (person.national_id, str(person.former_id))
        for number, found in zip(numbers, pair, strict=True):
            if found is not None:
                office.register(person, found[0], number, confirm_until=found[1])
        people.append((person, [found for found in pair if found is not None]))
    return people


def asked(people: list[Person]) -> pd.DataFrame:
    """A row for each of them."""
    return pd.DataFrame(
        {
            "batch_id": 1,
            "row_number": range(1, len(people) + 1),
            "unit_code": UNIT,
            "received_on": [TODAY] * len(people),
            "national_id": [person.national_id for person in people],
        }
    )


def outcomes(office: Office, people: list[Person], at: datetime, *, shortcut: bool = True) -> list[str]:
    """What the night's SQL says of each."""
    with office.database.session() as session, session.reading() as connection:
        verdicts = judgement.judge(connection, asked(people), at=at, shortcut=shortcut)
        differing = verdicts.differing().set_index("row_number")["outcome"].to_dict()
        verdicts.close()
    return [differing.get(number, Outcome.REGISTERED) for number in range(1, len(people) + 1)]


@pytest.mark.parametrize("at", MOMENTS.values(), ids=MOMENTS)
def test_the_sql_decides_as_the_rules_tables_do(office: Office, at: datetime) -> None:
    people = registered(office)
    expected = [decide(found, now=at) or Outcome.REGISTERED for _, found in people]
    assert outcomes(office, [person for person, _ in people], at) == expected
    assert len(set(expected)) == 3, "the table holds every answer"


def test_the_shortcut_changes_no_verdict(office: Office) -> None:
    people = [person for person, _ in registered(office)]
    people += [office.person(card_valid=False), office.person(at=None), office.stranger()]
    people += [
        office.person(card_valid=False, state="ACTIVE"),
        office.person(card_valid=False, state="BLOCKED"),
    ]
    plain = outcomes(office, people, LAST_SECOND, shortcut=False)
    assert outcomes(office, people, LAST_SECOND) == plain
    assert set(plain) == set(Outcome) - {Outcome.FIELD_ERROR, Outcome.DUPLICATE_IN_FILE}


def test_a_new_registration_replaces_all_of_an_application_past_its_last_day(office: Office) -> None:
    person = office.person()
    office.register(
        person,
        "PENDING",
        confirm_until=LAST_SECOND - A_DAY,
        applied_on=TODAY - 6 * A_DAY,
        password_hash="old",
    )
    office.file(NAME, person)
    office.summary()
    (stored,) = office.all(registration)
    assert (stored.state, stored.credential_state, stored.channel) == ("ACTIVE", "INITIAL", "bulk")
    assert (stored.confirm_until, stored.applied_on, stored.password_hash) == (None, None, None)
    assert stored.email == person.email
