"""A card that was read: the registration of its person, and whether a proof fits."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from pipeline.accounts import enrol
from pipeline.accounts.look import look
from reader_station.portal.api.received import card_facts, proof_of
from reader_station.portal.portal_context import Context
from reader_station.portal.station_access import AskingStation
from reader_station.wire import CHECK_IDENTITY, LOOK, CardRequest, CardStatus, IdentityRequest

router: Final = APIRouter()


@router.post(LOOK.path)
def look_at_card(body: CardRequest, context: Context, station: AskingStation) -> CardStatus:
    """The registration of the card's person."""
    found = look(
        context.database, context.settings, card_facts(body.card), station=station, now=context.now()
    )
    return CardStatus.model_validate(found)


@router.post(CHECK_IDENTITY.path, status_code=204)
def check_identity(body: IdentityRequest, context: Context, station: AskingStation) -> None:
    """Does the proof fit the card's person? A wrong try counts."""
    enrol.check_identity(
        context.database,
        context.settings,
        card_facts(body.card),
        proof_of(body.proof),
        station=station,
        now=context.now(),
    )
