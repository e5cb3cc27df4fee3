"""Do the typed facts agree with the register? One answer for any mismatch; five wrong tries lock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from pipeline.accounts import uses
from pipeline.accounts.cards import CardFacts, Proof, Station
from pipeline.accounts.queries import limits
from pipeline.accounts.queries.limits import limit_key
from pipeline.accounts.rules.household import (
    Agreement,
    Household,
    Permit,
    compare_households,
    compare_permits,
)
from pipeline.accounts.standing import Found, actor, find_card, kind_of, move_card
from pipeline.clock import day_of
from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.engine import Connection
from validators import arc_serial, household_number, neighbourhood

WRONG_TRIES: Final = 5
LOCKED_FOR: Final = timedelta(days=1)
_REFUSED_STATES: Final = {
    "UNKNOWN_CARD": "UNKNOWN_CARD",
    "OLD_CARD": "OLD_CARD",
    "PENDING": "ALREADY_REGISTERED",
    "ACTIVE": "ALREADY_REGISTERED",
    "SUSPENDED": "BLOCKED",
    "BLOCKED": "BLOCKED",
}


def proof_faults(card: CardFacts, proof: Proof) -> dict[str, str]:
    """The fault code of each field that cannot be right as typed; no try is counted for these."""
    if isinstance(proof, Household) != (kind_of(card.national_id) == "national"):
        return {"kind": "PROOF_KIND"}
    if isinstance(proof, Permit):
        judged = {
            "issue_date": None if proof.issue_date else "MISSING",
            "expiry_date": _expiry_fault(proof),
            "serial": arc_serial.check(proof.serial).fault,
        }
    else:
        judged = {
            "name": _missing(proof.name),
            "household_number": household_number.check(proof.household_number).fault,
            "county": _missing(proof.county),
            "town": _missing(proof.town),
            "village": _missing(proof.village),
            "neighbourhood": neighbourhood.check(proof.neighbourhood).fault,
        }
    return {name: code for name, code in judged.items() if code}


def prove(
    connection: Connection,
    settings: Settings,
    card: CardFacts,
    proof: Proof,
    *,
    station: Station,
    now: datetime,
) -> tuple[str, Found]:
    """(refusal code or "", what was found). What was counted must be committed before anybody is told."""
    if not uses.is_within(connection, settings, "try", uses.TRIES, card=card, station=station, now=now):
        return "TOO_MANY", Found("UNKNOWN_CARD")
    found = find_card(connection, card, now=now, holds=True)
    move_card(connection, found, station=station, settings=settings, now=now)
    if found.state in _REFUSED_STATES:
        return _REFUSED_STATES[found.state], found
    key = tries_key(settings, card)
    today = day_of(now)
    tries = limits.hold_card(connection, key, day=today)
    if tries.locked_until and tries.locked_until > now:
        return "LOCKED", found
    agreement = _compare(proof, found.person)
    if agreement is Agreement.AGREES:
        limits.note_tries(connection, key, wrong=0, day=today, locked_until=None)
        return "", found
    if agreement is Agreement.NAME_DIFFERS:
        return "MISMATCH", found
    wrong = 1 + (tries.wrong if tries.day == today else 0)
    is_last = wrong >= WRONG_TRIES
    until = now + LOCKED_FOR if is_last else None
    limits.note_tries(connection, key, wrong=0 if is_last else wrong, day=today, locked_until=until)
    action = "card.locked" if is_last else "identity.wrong"
    audit.note(connection, actor=actor(station, settings), action=action, subject=f"card {key[:16]}", at=now)
    return "LOCKED" if is_last else "MISMATCH", found


def tries_key(settings: Settings, card: CardFacts) -> str:
    """The key of a card's wrong tries."""
    return limit_key(settings.secret, "tries", card.card_number)


def _compare(proof: Proof, person: Any) -> Agreement:
    if isinstance(proof, Permit):
        known = Permit(
            issue_date=person.arc_issue_date, expiry_date=person.arc_expiry_date, serial=person.arc_serial
        )
        return compare_permits(proof, known)
    return compare_households(
        proof,
        Household(
            name=person.name,
            household_number=person.household_number,
            county=person.county,
            town=person.town,
            village=person.village,
            neighbourhood=person.neighbourhood,
        ),
    )


def _missing(text: str) -> str | None:
    return None if text.strip() else "MISSING"


def _expiry_fault(proof: Permit) -> str | None:
    if proof.issue_date and proof.expiry_date and proof.expiry_date <= proof.issue_date:
        return "DATE_ORDER"
    return None
