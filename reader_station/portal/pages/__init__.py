"""The portal's pages for people, one module an errand; none of them needs a card."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from reader_station.portal.pages import file_check, front, mail_links

router: Final = APIRouter()
for errand in (front, mail_links, file_check):
    router.include_router(errand.router)
