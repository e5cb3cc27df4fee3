"""Counties, towns and villages to choose from: the register's own, united with a public list.

Two spellings of one place are one (台 is 臺), and the register's goes before the list's.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from pipeline.insured.queries import residences as stored
from pipeline.insured.queries.register import latest_load
from pipeline.store.engine import Database
from validators.name_keys import place_key

COUNTY_CODE, TOWN_CODE, VILLAGE_CODE = 5, 8, 11  # lengths; each begins with the one before
_LIST: Final = "places.csv"

# Names by key: county -> (name, town -> (name, village -> name)), each in the list's order, ours behind.
_Villages = dict[str, str]
_Towns = dict[str, tuple[str, _Villages]]
_Counties = dict[str, tuple[str, _Towns]]


def counties(database: Database) -> list[str]:
    """Every county."""
    return [name for name, _ in _places(database).values()]


def towns(database: Database, county: str) -> list[str]:
    """The towns of a county; none of an unknown one."""
    _, found = _places(database).get(place_key(county), ("", {}))
    return [name for name, _ in found.values()]


def villages(database: Database, county: str, town: str) -> list[str]:
    """The villages of a town; none of an unknown one."""
    _, found = _places(database).get(place_key(county), ("", {}))
    _, here = found.get(place_key(town), ("", {}))
    return list(here.values())


def _places(database: Database) -> _Counties:
    with database.reading() as connection:
        loaded_at = latest_load(connection)
    return _united(database, loaded_at)


@lru_cache(maxsize=2)  # whoever fills in a form asks three times; a register is loaded once a day
def _united(database: Database, loaded_at: datetime | None) -> _Counties:
    with database.reading() as connection:
        known = sorted(stored.places(connection))
    found: _Counties = {}
    for county, town, village in (*_listed(), *known):
        _add(found, county.strip(), town.strip(), village.strip())
    return found


def _add(found: _Counties, county: str, town: str, village: str) -> None:
    """Put a place in, over the same one in another spelling."""
    _, of_county = found.get(place_key(county), ("", {}))
    found[place_key(county)] = county, of_county
    _, of_town = of_county.get(place_key(town), ("", {}))
    of_county[place_key(town)] = town, of_town
    if village:
        of_town[place_key(village)] = village


@cache
def _listed() -> tuple[tuple[str, str, str], ...]:
    """The public list: county, town, village."""
    text = files(__package__).joinpath(_LIST).read_text(encoding="utf-8")
    names = dict(_rows(line for line in text.splitlines() if not line.startswith("#")))
    return tuple(
        (names[code[:COUNTY_CODE]], names[code[:TOWN_CODE]], name)
        for code, name in names.items()
        if len(code) == VILLAGE_CODE
    )


def _rows(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    return [(row["code"], row["name"]) for row in csv.DictReader(lines)]
