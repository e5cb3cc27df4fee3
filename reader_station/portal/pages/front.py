"""The front page, and where the success mail's three addresses lead: what each needs, and where to go."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from reader_station.portal.portal_pages import page

router: Final = APIRouter()


@router.get("/")
def front_page(request: Request) -> Response:
    """Who can do what here."""
    return page(request, "front")


@router.get("/password")
def password(request: Request) -> Response:
    """密碼變更."""
    return page(request, "at_the_station", service="password")


@router.get("/health-bank")
def health_bank(request: Request) -> Response:
    """健康存摺申請下載."""
    return page(request, "at_the_station", service="health_bank")


@router.get("/insurance")
def insurance(request: Request) -> Response:
    """個人承保業務服務."""
    return page(request, "at_the_station", service="insurance")
