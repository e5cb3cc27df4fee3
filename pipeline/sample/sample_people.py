"""Made-up people: names, addresses, e-mails, and who belongs to which unit and household."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sample.numbers import (
    Ints,
    card_numbers,
    characters,
    digits,
    former_numbers,
    joined,
    person_numbers,
    scatter,
)
from pipeline.sample.plain import PLACES

Flags = npt.NDArray[np.bool_]

SURNAMES: Final = tuple("陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅高")
_ROMAN: Final = (
    "chen lin huang chang li wang wu liu tsai yang hsu cheng hsieh kuo hung tseng chiu liao lai chou "
    "hsu su yeh chuang lu chiang ho hsiao lo kao"
)
ROMAN: Final = tuple(_ROMAN.split())
GIVEN: Final = tuple("家志俊建明文淑美雅怡佳心宇承柏冠哲宏偉豪婷君惠玲芳芬秀英華珍安平和仁義信望晴雨竹梅蘭")
DOMAINS: Final = ("@example.com", "@example.net", "@example.org")  # RFC 2606: nobody's
PERSON_SPACE: Final = 90_000_000  # as many as there are different mobile numbers
DAYS_A_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Group:
    """Whole units side by side: how many people each has, and how many of them its file names (0: none)."""

    first_person: int
    first_unit: int
    sizes: Ints
    file_rows: Ints
    is_closed: Flags


@dataclass(frozen=True, slots=True)
class People:
    """The people of a group, one place a person; `unit` and `holder` are places in the group."""

    index: Ints
    unit: Ints
    rank: Ints  # within the unit, from 0
    is_handed_in: Flags
    holder: Ints  # whose dependant one is; oneself when insured
    national_id: pa.Array

    @property
    def is_dependant(self) -> Flags:
        """Covered as somebody's dependant."""
        flags: Flags = self.holder != np.arange(len(self.holder))
        return flags


def make_people(group: Group, *, seed: int) -> People:
    """Put the group's people into units and households: three in ten are dependants of the one before."""
    total = int(group.sizes.sum())
    place = np.arange(total, dtype=np.int64)
    index = place + group.first_person
    unit = np.repeat(np.arange(len(group.sizes), dtype=np.int64), group.sizes)
    rank = place - (np.cumsum(group.sizes) - group.sizes)[unit]
    is_dependant = (scatter(index, PERSON_SPACE, seed + 11) % 10 < 3) & (rank > 0)
    return People(
        index=index,
        unit=unit,
        rank=rank,
        is_handed_in=rank < group.file_rows[unit],
        holder=np.maximum.accumulate(np.where(is_dependant, 0, place)),
        national_id=national_ids(index, seed=seed),
    )


def is_resident(index: Ints) -> Flags:
    """A foreign resident: about three in a hundred."""
    flags: Flags = index % 33 == 5
    return flags


def national_ids(index: Ints, *, seed: int) -> pa.Array:
    """The ID number of any person, in the register or not."""
    return person_numbers(index, is_resident(index), seed=seed)


def names(index: Ints, *, seed: int) -> pa.Array:
    """A surname and two characters: composed, so like many and nobody's in particular."""
    first = scatter(index, PERSON_SPACE, seed + 12) % len(GIVEN)
    second = scatter(index, PERSON_SPACE, seed + 13) % len(GIVEN)
    return pc.binary_join_element_wise(
        pick(SURNAMES, _surname(index, seed)), pick(GIVEN, first), pick(GIVEN, second), ""
    )


def emails(index: Ints, *, seed: int) -> pa.Array:
    """One address a person, never two people's."""
    return pc.binary_join_element_wise(
        pick(ROMAN, _surname(index, seed)), joined(digits(index, 8)), pick(DOMAINS, index % len(DOMAINS)), ""
    )


def beneficiaries(people: People, *, seed: int, on: date, has_card: Flags) -> pa.Table:
    """The people as the register's `beneficiaries` file has them."""
    index, home = people.index, people.index[people.holder]
    foreign = is_resident(index)
    county, town, village = (pick(column, home % len(PLACES)) for column in zip(*PLACES, strict=True))
    household = joined(characters("ABCDEFGH", home % 8), digits(scatter(home, 10_000_000, seed + 14), 7))
    permit = scatter(index, PERSON_SPACE, seed + 15)
    is_former = foreign & (index % 5 == 0)
    return pa.table(
        {
            "national_id": people.national_id,
            "name": names(index, seed=seed),
            "birth_date": days_before(on, _ages(people, seed)),
            "card_number": card_numbers(index, seed=seed),
            "card_valid": pa.array(has_card.astype(np.int8)),
            "household_number": only(~foreign, household, ""),
            "county": county,
            "town": town,
            "village": village,
            "neighbourhood": pa.array(home % 30 + 1).cast(pa.string()),
            "arc_issue_date": only(foreign, days_before(on, permit % 700 + 30), None),
            # A permanent permit has no last day.
            "arc_expiry_date": only(foreign & (permit % 10 > 0), days_before(on, -(permit % 700) - 30), None),
            "arc_serial": only(
                foreign,
                joined(characters("ABCDE", permit % 5), characters("XYZ", permit % 3), digits(permit, 8)),
                "",
            ),
            "former_id": only(is_former, former_numbers(index, seed=seed), ""),
        }
    )


def pick(choices: tuple[str, ...], places: Ints) -> pa.Array:
    """One of the texts a row."""
    return pa.array(choices, pa.string()).take(pa.array(places))


def only(where: Flags, values: pa.Array, otherwise: str | None) -> pa.Array:
    """The values where the flag is set, `otherwise` in the other rows."""
    return pc.if_else(pa.array(where), values, pa.scalar(otherwise, values.type))


def days_before(day: date, days: Any) -> pa.Array:
    """Dates so many days before `day`."""
    epoch_days = (day - date(1970, 1, 1)).days - days
    return pa.array(epoch_days.astype(np.int32)).view(pa.date32())


def _surname(index: Ints, seed: int) -> Ints:
    return scatter(index, PERSON_SPACE, seed + 16) % len(SURNAMES)


def _ages(people: People, seed: int) -> Ints:
    """Days of life: the insured are 20 to 65 years old, dependants of any age."""
    place = scatter(people.index, PERSON_SPACE, seed + 17)
    ages: Ints = np.where(
        people.is_dependant, place % (90 * DAYS_A_YEAR), 20 * DAYS_A_YEAR + place % (45 * DAYS_A_YEAR)
    )
    return ages
