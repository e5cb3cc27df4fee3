"""The pages behind the links in our mails.

GET shows a page and spends nothing, for mail scanners open every link; POST spends the token.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.accounts.confirm import confirm, is_usable
from pipeline.accounts.refusals import REFUSALS, AccountRefused
from pipeline.bulk import held_files
from reader_station.portal import csrf
from reader_station.portal.portal_context import Context, PortalContext
from reader_station.portal.portal_pages import page

router: Final = APIRouter()

LONGEST_TOKEN: Final = 200
FormValue = Annotated[str, Form(alias=csrf.FIELD, max_length=LONGEST_TOKEN)]


@router.get("/confirm/{token}")
def show_confirmation(token: str, request: Request, context: Context) -> Response:
    """The page with the button that finishes an individual registration."""
    if not _is_usable(context, token):
        return _unusable_link(request, "LINK_UNUSABLE")
    return page(request, "confirm")


@router.post("/confirm/{token}")
def confirm_registration(
    token: str, request: Request, context: Context, form_value: FormValue = ""
) -> Response:
    """Spend the token. The next page has an address without one."""
    csrf.require(request, form_value)
    try:
        confirm(context.database, context.settings, token[:LONGEST_TOKEN], now=context.now())
    except AccountRefused as refused:
        return _unusable_link(request, refused.code)
    return RedirectResponse("/confirmed", 303)


@router.get("/confirmed")
def show_confirmed(request: Request) -> Response:
    """What the person can do now."""
    return page(request, "confirmed")


@router.get("/release/{token}")
def show_held_file(token: str, request: Request, context: Context) -> Response:
    """A held file, and the button by which a contact of its unit vouches for it."""
    file = held_files.find_offered(context.database, token[:LONGEST_TOKEN], now=context.now())
    if file is None:
        return _unusable_link(request, "RELEASE_UNUSABLE")
    return page(request, "release", file=file)


@router.post("/release/{token}")
def release_file(token: str, request: Request, context: Context, form_value: FormValue = "") -> Response:
    """Spend the token: the file is processed in the next night."""
    csrf.require(request, form_value)
    try:
        held_files.vouch(context.database, token[:LONGEST_TOKEN], now=context.now())
    except AccountRefused as refused:
        return _unusable_link(request, refused.code)
    return RedirectResponse("/released", 303)


@router.get("/released")
def show_released(request: Request) -> Response:
    """What happens to the file now."""
    return page(request, "released")


def _is_usable(context: PortalContext, token: str) -> bool:
    return is_usable(context.database, context.settings, token[:LONGEST_TOKEN], now=context.now())


def _unusable_link(request: Request, code: str) -> Response:
    """The one page for an unknown, a used and an expired token."""
    refusal = REFUSALS[code]
    return page(request, "unusable", status=refusal.status, notice=refusal)
