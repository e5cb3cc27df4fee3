"""The pages behind the links in our mails: shown by GET as often as scanners like, spent by POST."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.accounts.confirm import confirm, is_usable
from pipeline.accounts.refusals import REFUSALS, AccountRefused
from pipeline.bulk import held_files
from reader_station.portal import csrf
from reader_station.portal.portal_context import AtDesk, Desk
from reader_station.portal.portal_pages import page

router: Final = APIRouter()

LONGEST_TOKEN: Final = 200
FormValue = Annotated[str, Form(alias=csrf.FIELD, max_length=LONGEST_TOKEN)]


@router.get("/confirm/{token}")
def show_confirmation(token: str, request: Request, desk: AtDesk) -> Response:
    """The button that finishes an individual registration."""
    if not _is_usable(desk, token):
        return _unusable(request, "LINK_UNUSABLE")
    return page(request, "confirm")


@router.post("/confirm/{token}")
def confirm_registration(token: str, request: Request, desk: AtDesk, form_value: FormValue = "") -> Response:
    """Spend the token; the page after it has an address without one."""
    csrf.require(request, form_value)
    try:
        confirm(desk.database, desk.settings, token[:LONGEST_TOKEN], now=desk.now())
    except AccountRefused as refused:
        return _unusable(request, refused.code)
    return RedirectResponse("/confirmed", 303)


@router.get("/confirmed")
def show_confirmed(request: Request) -> Response:
    """What is possible now."""
    return page(request, "confirmed")


@router.get("/release/{token}")
def show_held_file(token: str, request: Request, desk: AtDesk) -> Response:
    """The held file, and the button by which its unit's contact vouches for it."""
    file = held_files.find_offered(desk.database, token[:LONGEST_TOKEN], now=desk.now())
    if file is None:
        return _unusable(request, "RELEASE_UNUSABLE")
    return page(request, "release", file=file)


@router.post("/release/{token}")
def release_file(token: str, request: Request, desk: AtDesk, form_value: FormValue = "") -> Response:
    """Spend the token: the file goes into the next night."""
    csrf.require(request, form_value)
    try:
        held_files.vouch(desk.database, token[:LONGEST_TOKEN], now=desk.now())
    except AccountRefused as refused:
        return _unusable(request, refused.code)
    return RedirectResponse("/released", 303)


@router.get("/released")
def show_released(request: Request) -> Response:
    """What happens next to the file."""
    return page(request, "released")


def _is_usable(desk: Desk, token: str) -> bool:
    return is_usable(desk.database, desk.settings, token[:LONGEST_TOKEN], now=desk.now())


def _unusable(request: Request, code: str) -> Response:
    """One page for an unknown, a used and an expired token."""
    refusal = REFUSALS[code]
    return page(request, "unusable", status=refusal.status, notice=refusal)
