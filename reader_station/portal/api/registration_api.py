"""The JSON API for stations, /api/v1: a station sends what it read and what was typed, the rules are here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from pipeline.accounts import enrol
from pipeline.accounts.look import look
from pipeline.insured import places
from reader_station.portal.portal_context import AtDesk
from reader_station.portal.station_access import AskingStation
from reader_station.wire import NO_NUL, Application, CardRequest, IdentityRequest

router: Final = APIRouter(prefix="/api/v1")

Place = Annotated[str | None, Query(max_length=40, pattern=NO_NUL)]


@router.get("/health")
def health() -> dict[str, str]:
    """Whether the portal answers; its `Date` header tells a station how wrong its clock is."""
    return {"status": "ok"}


@router.post("/look")
def look_at_card(body: CardRequest, desk: AtDesk, station: AskingStation) -> dict[str, Any]:
    """How a card stands with us."""
    standing = look(desk.database, desk.settings, body.card.facts(), station=station, now=desk.now())
    return asdict(standing)


@router.post("/identity", status_code=204)
def check_identity(body: IdentityRequest, desk: AtDesk, station: AskingStation) -> None:
    """Whether the proof fits; a wrong try counts."""
    enrol.check_identity(
        desk.database,
        desk.settings,
        body.card.facts(),
        body.proof.proof(),
        station=station,
        now=desk.now(),
    )


@router.post("/registrations", status_code=201)
def apply(body: Application, desk: AtDesk, station: AskingStation) -> dict[str, Any]:
    """A person applies; the confirmation mail is sent at once."""
    applied = enrol.apply(
        desk.database,
        desk.settings,
        body.card.facts(),
        body.proof.proof(),
        email=body.email,
        phone=body.phone,
        password=body.password,
        password_again=body.password_again,
        station=station,
        now=desk.now(),
    )
    desk.urgent_mail.wake()
    return asdict(applied)


@router.post("/registrations/resend")
def resend(body: CardRequest, desk: AtDesk, station: AskingStation) -> dict[str, Any]:
    """重寄確認信."""
    applied = enrol.resend(desk.database, desk.settings, body.card.facts(), station=station, now=desk.now())
    desk.urgent_mail.wake()
    return asdict(applied)


@router.post("/registrations/withdraw", status_code=204)
def withdraw(body: CardRequest, desk: AtDesk, station: AskingStation) -> None:
    """刪除註冊申請."""
    enrol.withdraw(desk.database, desk.settings, body.card.facts(), station=station, now=desk.now())


@router.get("/places")
def list_places(desk: AtDesk, county: Place = None, town: Place = None) -> dict[str, list[str]]:
    """The counties; with a county its towns; with a town its villages."""
    if not county:
        return {"counties": places.counties(desk.database)}
    if not town:
        return {"towns": places.towns(desk.database, county)}
    return {"villages": places.villages(desk.database, county, town)}
