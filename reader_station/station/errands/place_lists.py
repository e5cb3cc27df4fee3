"""Names of places for the lists of any form."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from reader_station.station.portal_client import PortalAway, PortalClient, PortalSaidNo


def place_routes(portal: PortalClient) -> APIRouter:
    """The lists; empty where the portal does not answer, so that places are typed."""
    router = APIRouter(include_in_schema=False)

    @router.get("/places")
    async def places(county: str = "", town: str = "") -> JSONResponse:
        try:
            names = await portal.places(county=county, town=town)
        except (PortalAway, PortalSaidNo):
            names = ()
        return JSONResponse({"names": list(names)})

    return router
