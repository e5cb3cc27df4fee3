"""Whether the portal answers at all."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from reader_station.wire import HEALTH

router: Final = APIRouter()


@router.get(HEALTH)
def health() -> dict[str, str]:
    """Say that the portal answers; the `Date` header tells a station how wrong its clock is."""
    return {"status": "ok"}
