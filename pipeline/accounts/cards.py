"""Who asks and from where: the facts read from a card, what proves the person, and the station."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pipeline.accounts.rules.household import Household, Permit

StationKind = Literal["home", "counter", "kiosk", "office"]
Proof = Household | Permit  # what a national, or a foreign resident, types to show that the card is theirs


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
class Station:
    """Where the card lies: a keyed station with its name, or a home station; `address` is its IP address."""

    name: str
    kind: StationKind
    address: str = field(repr=False)
