"""Which station asks: one with a key (counter, kiosk, office), or a computer at home.

A home station may do what a card holder may do alone. How often, by card and by address, is a rule of
`pipeline.accounts`, which judges the station made here.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from pipeline.accounts.cards import Station
from pipeline.accounts.station_keys import recognise
from reader_station.portal.portal_context import Context
from reader_station.portal.request_faults import UNKNOWN_KEY, RequestRefused
from reader_station.wire import STATION_KEY


def station_of(
    request: Request,
    context: Context,
    key: Annotated[str | None, Header(alias=STATION_KEY, max_length=200)] = None,
) -> Station:
    """The station that sent a request.

    Raises:
        RequestRefused: STATION_KEY, for an unknown or revoked key; it never counts as no key.
    """
    address = request.client.host if request.client else ""
    if key is None:
        return Station(name="", kind="home", address=address)
    station = recognise(context.database, key, address=address)
    if station is None:
        raise RequestRefused(UNKNOWN_KEY)
    return station


AskingStation = Annotated[Station, Depends(station_of)]
