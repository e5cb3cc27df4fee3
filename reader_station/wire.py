"""What stations send, as JSON: the card's basic data, the proof of identity, an application."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.accounts.cards import CardFacts, Proof
from pipeline.accounts.rules.household import Household, Permit

# Generous: the accounts' rules say what fits, in words; this only keeps out what nobody types.
# A NUL is a character that one of the databases does not take.
NO_NUL: Final = r"^[^\x00]*$"
Typed = Annotated[str, Field(max_length=320, pattern=NO_NUL, repr=False)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class CardBody(_Body):
    """The basic data of the card in the reader."""

    card_number: Typed
    national_id: Typed
    name: Typed
    name_incomplete: bool = False
    birth_date: date = Field(repr=False)

    def facts(self) -> CardFacts:
        """The same, as the accounts take it."""
        return CardFacts(**dict(self))


class HouseholdBody(_Body):
    """From the household booklet."""

    kind: Literal["household"]
    name: Typed = ""
    household_number: Typed = ""
    county: Typed = ""
    town: Typed = ""
    village: Typed = ""
    neighbourhood: Typed = ""

    def proof(self) -> Proof:
        """The same, as the accounts take it."""
        return Household(**self.model_dump(exclude={"kind"}))


class PermitBody(_Body):
    """From the residence permit; no `expiry_date`: a permanent one."""

    kind: Literal["permit"]
    issue_date: date | None = Field(None, repr=False)
    expiry_date: date | None = Field(None, repr=False)
    serial: Typed = ""

    def proof(self) -> Proof:
        """The same, as the accounts take it."""
        return Permit(**self.model_dump(exclude={"kind"}))


ProofBody = Annotated[HouseholdBody | PermitBody, Field(discriminator="kind")]


class CardRequest(_Body):
    """Something about a card."""

    card: CardBody


class IdentityRequest(_Body):
    """Does the proof fit the card's holder?"""

    card: CardBody
    proof: ProofBody


class Application(IdentityRequest):
    """A person applies."""

    email: Typed = ""
    phone: Typed = ""
    password: Typed = ""
    password_again: Typed = ""
