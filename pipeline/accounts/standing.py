"""What the register and the registrations say about a card, before anybody decides anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pipeline.accounts.cards import CardFacts, Station
from pipeline.accounts.queries import registrations as accounts
from pipeline.accounts.queries.limits import limit_key
from pipeline.accounts.rules.registration import RegistrationState, in_force
from pipeline.insured.queries import people
from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.engine import Connection
from validators import card_number, person_id

CardState = Literal["none", "PENDING", "ACTIVE", "SUSPENDED", "BLOCKED", "OLD_CARD", "UNKNOWN_CARD"]
Kind = Literal["national", "foreign"]


@dataclass(frozen=True, slots=True)
class Found:
    """A card's person and registration (rows), and how the card stands; `is_new_card`: see `move_card`."""

    state: CardState
    person: Any = field(default=None, repr=False)
    registration: Any = field(default=None, repr=False)

    @property
    def is_new_card(self) -> bool:
        """Whether the registration still goes with the card that this one replaced."""
        return (
            self.state not in ("none", "OLD_CARD", "UNKNOWN_CARD")
            and self.registration.card_number != self.person.card_number
        )


def find_card(connection: Connection, card: CardFacts, *, now: datetime, holds: bool = False) -> Found:
    """How a card stands. Only the card that the register calls valid for that person counts (rules 3).

    `holds`: the registration stays as found until the transaction ends.
    """
    if not card_number.is_valid(card.card_number) or not person_id.has_id_shape(card.national_id):
        return Found("UNKNOWN_CARD")
    person = people.find_person(connection, card.national_id)
    if person is None or person.birth_date not in (None, card.birth_date):
        return Found("UNKNOWN_CARD")
    if not person.card_valid or not person.card_number:
        return Found("UNKNOWN_CARD")
    if person.card_number != card.card_number:
        return Found("OLD_CARD")
    registration = accounts.find_registration(connection, person, holds=holds)
    state = _state(registration, now)
    return Found(state.value if state else "none", person, registration)  # type: ignore[arg-type]


def move_card(
    connection: Connection, found: Found, *, station: Station, settings: Settings, now: datetime
) -> None:
    """The first reading of a replaced card, wherever it is, moves the registration to it (rules 3)."""
    if found.is_new_card:
        number = found.registration.registration_id
        accounts.move_card(connection, number, found.person.card_number)
        audit.note(
            connection,
            actor=actor(station, settings),
            action="registration.new_card",
            subject=f"registration {number}",
            at=now,
        )


def kind_of(national_id: str) -> Kind:
    """National by the digit of the sex, 1 or 2; resident numbers are foreigners'."""
    return "national" if national_id[1:2] in ("1", "2") else "foreign"


def actor(station: Station, settings: Settings) -> str:
    """Who acted and from where, for the audit: a keyed station's name; of a home the address as a hash."""
    if station.kind == "home":
        return f"home station {limit_key(settings.secret, 'audit', station.address)[:16]}"
    return f"{station.kind} station {station.name}"


def _state(registration: Any | None, now: datetime) -> RegistrationState | None:
    if registration is None:
        return None
    return in_force(RegistrationState(registration.state), confirm_until=registration.confirm_until, now=now)
