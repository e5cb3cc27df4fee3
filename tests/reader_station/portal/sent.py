"""What a station sends of a card holder, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from pipeline.accounts.rules.household import Household
from tests.pipeline.people import PASSWORD, Holder


def card_of(holder: Holder) -> dict[str, Any]:
    """The basic data of the card."""
    return _texts(asdict(holder.card))


def proof_of(holder: Holder, **typed: str) -> dict[str, Any]:
    """What the person types from booklet or permit; a field typed otherwise is given by its name."""
    kind = "household" if isinstance(holder.proof, Household) else "permit"
    return {"kind": kind} | _texts(asdict(holder.proof)) | typed


def application_of(holder: Holder, **typed: object) -> dict[str, Any]:
    """Everything that is sent to apply."""
    contact = {"email": holder.email, "phone": holder.phone}
    passwords = {"password": PASSWORD, "password_again": PASSWORD}
    return {"card": card_of(holder), "proof": proof_of(holder), **contact, **passwords, **typed}


def _texts(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: fact.isoformat() if isinstance(fact, date) else fact for name, fact in facts.items()}
