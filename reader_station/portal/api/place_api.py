"""Names of places for the lists of a form."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query

from pipeline.insured import places
from reader_station.portal.portal_context import Context
from reader_station.wire import NO_NUL, PLACES, PlaceNames

router: Final = APIRouter()

PlaceName = Annotated[str | None, Query(max_length=40, pattern=NO_NUL)]


@router.get(PLACES, response_model_exclude_none=True)
def list_places(context: Context, county: PlaceName = None, town: PlaceName = None) -> PlaceNames:
    """The counties; with a county its towns; with a town its villages."""
    if not county:
        return PlaceNames(counties=tuple(places.counties(context.database)))
    if not town:
        return PlaceNames(towns=tuple(places.towns(context.database, county)))
    return PlaceNames(villages=tuple(places.villages(context.database, county, town)))
