"""Who asks and from where: the facts read from a card, what proves the person, and the station."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

StationKind = Literal["home", "counter", "kiosk", "office"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """The basic data of a card as a station sent them: copyable, so they identify and prove nothing.

    Prints nothing of the person.
    """

    card_number: str = field(repr=False)
    national_id: str = field(repr=False)
    name: str = field(repr=False)
    name_incomplete: bool
    birth_date: date = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdProof:
    """What a national types from the household booklet (戶口名簿)."""

    name: str = field(repr=False)
    household_number: str = field(repr=False)
    county: str = field(repr=False)
    town: str = field(repr=False)
    village: str = field(repr=False)
    neighbourhood: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitProof:
    """What a foreign resident types from the permit (居留證); no expiry date: a permanent one."""

    issue_date: date | None = field(repr=False)
    expiry_date: date | None = field(repr=False)
    serial: str = field(repr=False)


Proof = HouseholdProof | PermitProof


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where the card lies: a keyed station with its name, or a home station; `address` is its IP address."""

    name: str
    kind: StationKind
    address: str = field(repr=False)
