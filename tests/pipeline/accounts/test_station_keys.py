"""Keys of stations, as operators make them and the portal knows them."""

from __future__ import annotations

import pytest

from pipeline.accounts import station_keys
from pipeline.accounts.cards import Station
from pipeline.errors import ArgumentRefused
from pipeline.store.tables import audit_event, station_key
from tests.pipeline.people import People


def made(people: People, name: str = "counter-1") -> str:
    return station_keys.add(people.database, name, "counter", actor="wu", now=people.now).key


def test_a_key_tells_its_station_until_it_is_revoked(people: People) -> None:
    key = made(people)
    assert station_keys.recognise(people.database, key, address="192.0.2.1") == Station(
        name="counter-1", kind="counter", address="192.0.2.1"
    )
    station_keys.revoke(people.database, "counter-1", actor="wu", now=people.now)
    assert station_keys.recognise(people.database, key, address="192.0.2.1") is None
    (known,) = station_keys.listed(people.database)
    assert (known.name, known.kind, known.created_at, known.revoked_at) == (
        "counter-1",
        "counter",
        people.now,
        people.now,
    )
    assert [event.action for event in people.all(audit_event)] == ["station_key.add", "station_key.revoke"]


def test_only_a_hash_of_the_key_is_kept(people: People) -> None:
    key = made(people)
    assert len(key) >= 43
    assert key not in str(people.all(station_key))


@pytest.mark.parametrize("key", ["", "x", "x" * 10_000, "é"])
def test_a_made_up_key_is_nobodys(people: People, key: str) -> None:
    made(people)
    assert station_keys.recognise(people.database, key, address="192.0.2.1") is None


@pytest.mark.parametrize("name", ["", " counter", "a b", "x" * 41, "櫃檯", "a\nb"])
def test_a_name_is_a_plain_word(people: People, name: str) -> None:
    with pytest.raises(ArgumentRefused):
        made(people, name)


def test_a_name_is_given_once_even_after_it_was_revoked(people: People) -> None:
    made(people)
    with pytest.raises(ArgumentRefused, match="choose another"):
        made(people)
    station_keys.revoke(people.database, "counter-1", actor="wu", now=people.now)
    for again in ("counter-1", "never-made"):
        with pytest.raises(ArgumentRefused, match="no such key"):
            station_keys.revoke(people.database, again, actor="wu", now=people.now)
    with pytest.raises(ArgumentRefused, match="choose another"):
        made(people)
