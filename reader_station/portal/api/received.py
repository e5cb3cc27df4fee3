"""What a station sent, as the accounts take it. The types have the same fields, so no name is repeated."""

from __future__ import annotations

from pydantic import BaseModel

from pipeline.accounts.cards import CardFacts, Proof
from pipeline.accounts.rules.household import Household, Permit
from reader_station.wire import HouseholdProof, SentCard, SentProof, WireRequest


def card_facts(card: SentCard) -> CardFacts:
    """The basic data of the card."""
    return CardFacts(**card.model_dump())


def proof_of(proof: SentProof) -> Proof:
    """What the person typed from booklet or permit."""
    known = proof.model_dump(exclude={"kind"})
    return Household(**known) if isinstance(proof, HouseholdProof) else Permit(**known)


def fields_of(part: type[BaseModel], body: WireRequest) -> dict[str, str]:
    """The texts of a body that one of its parts declares, such as `Contact` of an application."""
    return body.model_dump(include=set(part.model_fields))
