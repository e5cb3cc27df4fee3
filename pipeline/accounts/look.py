"""How a card stands with us: the answer to every reading of a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.accounts import uses
from pipeline.accounts.cards import CardFacts, Station
from pipeline.accounts.identity import tries_key
from pipeline.accounts.queries import limits
from pipeline.accounts.refusals import AccountRefused
from pipeline.accounts.shown import masked_email
from pipeline.accounts.standing import Found, Kind, find_card, kind_of, move_card
from pipeline.clock import minute
from pipeline.settings import Settings
from pipeline.store.engine import Connection, Database

State = Literal["none", "PENDING", "ACTIVE", "SUSPENDED", "BLOCKED", "OLD_CARD", "UNKNOWN_CARD", "LOCKED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a card stands. `confirm_until` (such as 2026-11-26 23:59) and the masked e-mail: PENDING only."""

    state: State
    kind: Kind
    confirm_until: str = ""
    email_masked: str = ""


def look(
    database: Database, settings: Settings, card: CardFacts, *, station: Station, now: datetime
) -> Standing:
    """How the card stands; the first reading of a replaced card moves the registration to it.

    Raises:
        AccountRefused: TOO_MANY.
    """
    if station.kind == "home":
        with database.transaction() as connection:
            may = uses.is_within(
                connection, settings, "look", uses.LOOKS, card=card, station=station, now=now
            )
        if not may:
            raise AccountRefused("TOO_MANY")
    with database.reading() as connection:
        found = find_card(connection, card, now=now)
        told = _told(connection, settings, card, found, now)
    if found.is_new_card:
        with database.transaction() as connection:
            found = find_card(connection, card, now=now, holds=True)
            move_card(connection, found, station=station, settings=settings, now=now)
    return told


def _told(
    connection: Connection, settings: Settings, card: CardFacts, found: Found, now: datetime
) -> Standing:
    kind = kind_of(found.person.national_id if found.person else card.national_id)
    if found.state == "PENDING":
        until = found.registration.confirm_until
        return Standing(
            state="PENDING",
            kind=kind,
            confirm_until=minute(until) if until else "",
            email_masked=masked_email(found.registration.email),
        )
    if found.state == "none" and limits.locked_until(connection, tries_key(settings, card), now=now):
        return Standing(state="LOCKED", kind=kind)
    return Standing(state=found.state, kind=kind)
