"""Which station asks: one with a key (counter, kiosk, office), or somebody's computer at home.

A home station may do what a card holder may do alone. How often, by card and by address, is the accounts'
own rule (`accounts.look`, `accounts.enrol`); it reads the station made here.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from pipeline.accounts.cards import Station
from pipeline.accounts.station_keys import recognise
from reader_station.portal.portal_context import AtDesk
from reader_station.portal.request_faults import PortalRefused


def station_of(
    request: Request, desk: AtDesk, x_station_key: Annotated[str | None, Header(max_length=200)] = None
) -> Station:
    """The station behind a request.

    Raises:
        PortalRefused: STATION_KEY; a wrong key is never taken for none.
    """
    address = request.client.host if request.client else ""
    if x_station_key is None:
        return Station(name="", kind="home", address=address)
    station = recognise(desk.database, x_station_key, address=address)
    if station is None:
        raise PortalRefused("STATION_KEY")
    return station


AskingStation = Annotated[Station, Depends(station_of)]
