"""An office whose people have households, permits and cards, and a station that reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import update

from pipeline.accounts.cards import CardFacts, Proof, Station
from pipeline.accounts.enrol import Applied, apply
from pipeline.accounts.look import Standing, look
from pipeline.accounts.rules.household import Household, Permit
from pipeline.store.tables import beneficiary, mail_token
from tests.journey.office import Office

HOME = Station(name="", kind="home", address="192.0.2.7")
KIOSK = Station(name="kiosk-1", kind="kiosk", address="192.0.2.8")
NAME = "林怡安"
BIRTH_DATE = date(1990, 3, 14)
PLACE = ("臺北市", "大安區", "龍門里", "5")
HOUSEHOLD = "F1234567"
ISSUED, EXPIRES, SERIAL = date(2024, 6, 1), date(2027, 5, 31), "AX12345678"
PASSWORD = "shallow teapot 7"


@dataclass(frozen=True)
class Holder:
    """A made-up person, the card in the hand, and what the booklet or the permit at home says."""

    national_id: str
    former_id: str | None
    email: str
    phone: str
    card: CardFacts
    proof: Proof

    def typing(self, **cells: Any) -> Proof:
        """The proof with some fields typed otherwise."""
        return replace(self.proof, **cells)


class People(Office):
    """The office's register, with everything that individual registration asks for."""

    def holder(self, *, foreign: bool = False, former: bool = False, permanent: bool = False) -> Holder:
        """A person with a valid card: a national, or a foreign resident with a permit."""
        known = self.person(former=True) if former else self._foreigner() if foreign else self.person()
        is_foreign = foreign or former
        expires = None if permanent else EXPIRES
        county, town, village, neighbourhood = PLACE
        self.change(
            known.national_id,
            name=NAME,
            birth_date=BIRTH_DATE,
            county=county,
            town=town,
            village=village,
            neighbourhood=neighbourhood,
            household_number="" if is_foreign else HOUSEHOLD,
            arc_issue_date=ISSUED if is_foreign else None,
            arc_expiry_date=expires if is_foreign else None,
            arc_serial=SERIAL if is_foreign else "",
        )
        permit = Permit(issue_date=ISSUED, expiry_date=expires, serial=SERIAL)
        household = Household(
            name=NAME,
            household_number=HOUSEHOLD,
            county=county,
            town=town,
            village=village,
            neighbourhood=neighbourhood,
        )
        card = CardFacts(
            card_number=known.card_number,
            national_id=known.national_id,
            name=NAME,
            name_incomplete=False,
            birth_date=BIRTH_DATE,
        )
        return Holder(
            known.national_id,
            known.former_id,
            known.email,
            known.phone,
            card,
            permit if is_foreign else household,
        )

    def _foreigner(self) -> Any:
        known = self.stranger(second="8")
        self.insert(
            beneficiary,
            national_id=known.national_id,
            name=NAME,
            card_number=known.card_number,
            card_valid=True,
        )
        return known

    def change(self, national_id: str, **values: Any) -> None:
        """The register now says something else of a person."""
        with self.database.transaction() as connection:
            connection.execute(
                update(beneficiary).where(beneficiary.c.national_id == national_id).values(**values)
            )

    def new_card(self, holder: Holder) -> CardFacts:
        """The person's card is replaced; the new one."""
        number = f"{int(holder.card.card_number) + 1:012}"
        self.change(holder.national_id, card_number=number)
        return replace(holder.card, card_number=number)

    def look(self, card: CardFacts, station: Station = HOME) -> Standing:
        """What the station hears about a card."""
        return look(self.database, self.settings, card, station=station, now=self.now)

    def apply(self, holder: Holder, *, station: Station = HOME, **typed: Any) -> Applied:
        """The person applies; a field typed otherwise is given by its name."""
        cells = {
            "email": holder.email,
            "phone": holder.phone,
            "password": PASSWORD,
            "password_again": typed.get("password", PASSWORD),
            "proof": holder.proof,
            "card": holder.card,
        }
        return apply(self.database, self.settings, station=station, now=self.now, **(cells | typed))

    def links(self) -> list[str]:
        """The tokens of the confirmation mails, the oldest first."""
        return [letter.payload["link"].rpartition("/confirm/")[2] for letter in self.letters("confirmation")]

    def tokens(self) -> int:
        """How many links are known."""
        return len(self.all(mail_token))
