"""The JSON API for stations, one module an errand: a station sends what it read and what was typed.

The types of the bodies are `reader_station.wire`, the rules are `pipeline.accounts`.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from reader_station.portal.api import card_api, health_api, place_api, registration_api
from reader_station.wire import API

router: Final = APIRouter(prefix=API)
for errand in (card_api, registration_api, place_api, health_api):
    router.include_router(errand.router)
