"""The front page, and the pages behind the three addresses of the success mail."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from reader_station.portal.portal_pages import page

router: Final = APIRouter()


@router.get("/")
def front_page(request: Request) -> Response:
    """What employers and card holders can do here."""
    return page(request, "front")


@router.get("/password")
def password(request: Request) -> Response:
    """What a change of the password (密碼變更) needs."""
    return page(request, "at_the_station", service="password")


@router.get("/health-bank")
def health_bank(request: Request) -> Response:
    """What My Health Bank (健康存摺) needs."""
    return page(request, "at_the_station", service="health_bank")


@router.get("/insurance")
def insurance(request: Request) -> Response:
    """What the personal insurance services (個人承保業務服務) need."""
    return page(request, "at_the_station", service="insurance")
