"""What travels between station and portal as JSON: each type stands here once, and both sides use it.

A request refuses fields that it does not know. An answer ignores them, so that a station understands a newer
portal. Values only: the rules are the portal's, and nothing here prints what a person typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.dataclasses import dataclass as pydantic_dataclass

from pipeline.words import Notice

API: Final = "/api/v1"
PLACES: Final = "/places"
HEALTH: Final = "/health"
STATION_KEY: Final = "X-Station-Key"  # the header of a station that has a key

# Far longer than any value: the rules of accounts say what fits, in words.
LONGEST: Final = 320
NO_NUL: Final = r"^[^\x00]*$"  # PostgreSQL stores no NUL
Typed = Annotated[str, Field(max_length=LONGEST, pattern=NO_NUL, repr=False)]


class WireRequest(BaseModel):
    """What a station sends."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WireAnswer(BaseModel):
    """What the portal answers."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, from_attributes=True)


class SentCard(WireRequest):
    """The basic data of the card in the reader."""

    card_number: Typed
    national_id: Typed
    name: Typed
    name_incomplete: bool = False
    birth_date: date = Field(repr=False)


class HouseholdProof(WireRequest):
    """What a national types from the household booklet (戶口名簿)."""

    kind: Literal["household"] = "household"
    name: Typed = ""
    household_number: Typed = ""
    county: Typed = ""
    town: Typed = ""
    village: Typed = ""
    neighbourhood: Typed = ""


class PermitProof(WireRequest):
    """What a foreign resident types from the permit (居留證); a permanent one has no `expiry_date`."""

    kind: Literal["permit"] = "permit"
    issue_date: date | None = Field(None, repr=False)
    expiry_date: date | None = Field(None, repr=False)
    serial: Typed = ""


SentProof = HouseholdProof | PermitProof


class CardRequest(WireRequest):
    """A request about the card alone."""

    card: SentCard


class IdentityRequest(CardRequest):
    """Does the proof fit the card's person?"""

    proof: SentProof = Field(discriminator="kind")


class Contact(WireRequest):
    """Where a person is reached."""

    email: Typed = ""
    phone: Typed = ""


class NewPassword(WireRequest):
    """A password to be set, typed twice."""

    password: Typed = ""
    password_again: Typed = ""


class ApplyRequest(IdentityRequest, Contact, NewPassword):
    """A person applies for registration."""


class CardStatus(WireAnswer):
    """The registration of a card's person.

    `state`: none, PENDING, ACTIVE, SUSPENDED, BLOCKED, OLD_CARD, UNKNOWN_CARD or LOCKED. `kind`: national or
    foreign. `confirm_until` (such as 2026-11-26 23:59, Asia/Taipei) and `email_masked`: PENDING only.
    """

    state: str
    kind: str = "national"
    confirm_until: str = ""
    email_masked: str = ""


class ConfirmationSent(WireAnswer):
    """The confirmation mail is queued: until when to confirm (Asia/Taipei), and where it goes, masked."""

    confirm_until: str
    email_masked: str
    email_may_be_mistyped: bool = False


class PlaceNames(WireAnswer):
    """The counties, the towns of a county, or the villages of a town: one of the three."""

    counties: tuple[str, ...] | None = None
    towns: tuple[str, ...] | None = None
    villages: tuple[str, ...] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of whichever level was asked for."""
        return self.counties or self.towns or self.villages or ()


class Nothing(WireAnswer):
    """Done; there is nothing to say (204)."""


@pydantic_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="ignore", hide_input_in_errors=True))
class RejectionNotice(Notice):
    """A request was refused: why, what to do, and what is wrong with which field, in both languages."""

    fields: Mapping[str, str] = Field(default_factory=dict, repr=False)
    fields_en: Mapping[str, str] = Field(default_factory=dict, repr=False)


class ErrorAnswer(WireAnswer):
    """The body of every refused request."""

    error: RejectionNotice


def rejection(
    notice: Notice,
    fields: Mapping[str, str] | None = None,
    fields_en: Mapping[str, str] | None = None,
) -> RejectionNotice:
    """A notice as a rejection; `fields` and `fields_en` by the names of the request's fields."""
    return RejectionNotice(**asdict(notice), fields=fields or {}, fields_en=fields_en or {})


Asked = TypeVar("Asked", bound=WireRequest)
Answered = TypeVar("Answered", bound=WireAnswer)


@dataclass(frozen=True, slots=True)
class Call(Generic[Asked, Answered]):
    """One POST of the API: its path below `API`, what is sent, what is answered."""

    path: str
    asked: type[Asked]
    answered: type[Answered]


LOOK: Final = Call("/look", CardRequest, CardStatus)
CHECK_IDENTITY: Final = Call("/identity", IdentityRequest, Nothing)
APPLY: Final = Call("/registrations", ApplyRequest, ConfirmationSent)
RESEND: Final = Call("/registrations/resend", CardRequest, ConfirmationSent)
WITHDRAW: Final = Call("/registrations/withdraw", CardRequest, Nothing)
