"""How a refused request is answered: JSON to stations, a page in both languages to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from pipeline.accounts.refusals import AccountRefused
from pipeline.errors import MachineUnusable
from reader_station.portal.portal_pages import page
from reader_station.portal.request_faults import BY_STATUS, PORTAL_FAULTS, PortalRefused

API: Final = "/api/"
# Of a body that does not fit: the framework's own words may quote what was typed.
WRONG_FIELD: Final = ("格式不符", "malformed")


class Told(Protocol):
    """What any refusal tells."""

    @property
    def code(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def what_to_do(self) -> str: ...
    @property
    def title_en(self) -> str: ...
    @property
    def what_to_do_en(self) -> str: ...


def add_to(app: FastAPI) -> None:
    """Register an answer to everything that goes wrong inside the app."""
    app.add_exception_handler(AccountRefused, _account_refused)
    app.add_exception_handler(PortalRefused, _portal_refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(MachineUnusable, _unusable)


def answer(
    request: Request,
    told: Told,
    *,
    fields: Mapping[str, str] | None = None,
    fields_en: Mapping[str, str] | None = None,
) -> Response:
    """The answer to a refused request."""
    if not request.url.path.startswith(API):
        return page(request, "refused.html.jinja", status=told.status, told=told)
    error = {
        "code": told.code,
        "title": told.title,
        "what_to_do": told.what_to_do,
        "fields": dict(fields or {}),
        "title_en": told.title_en,
        "what_to_do_en": told.what_to_do_en,
        "fields_en": dict(fields_en or {}),
    }
    return JSONResponse({"error": error}, told.status)


def broken(request: Request) -> Response:
    """The answer to a fault of ours."""
    return answer(request, PORTAL_FAULTS["BROKEN"])


def _account_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, AccountRefused)  # noqa: S101  registered for it alone
    return answer(request, error, fields=error.fields, fields_en=error.fields_en)


def _portal_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, PortalRefused)  # noqa: S101
    return answer(request, error.fault)


def _malformed(request: Request, error: Exception) -> Response:
    """Names the fields, and never quotes them: what was typed is personal data."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    named = {str(fault["loc"][-1]) for fault in error.errors() if len(fault["loc"]) > 1}
    zh, en = (dict.fromkeys(sorted(named), words) for words in WRONG_FIELD)
    return answer(request, PORTAL_FAULTS["FORM"], fields=zh, fields_en=en)


def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    return answer(request, PORTAL_FAULTS[BY_STATUS.get(error.status_code, "FORM")])


def _unusable(request: Request, error: Exception) -> Response:
    request.state.fault = str(error)  # for the log; such texts hold nothing personal
    return answer(request, PORTAL_FAULTS["AWAY"])
