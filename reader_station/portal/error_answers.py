"""How a refused request is answered: JSON to stations, a page in both languages to people."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from pipeline.accounts.refusals import AccountRefused
from pipeline.errors import MachineUnusable
from pipeline.words import Notice
from reader_station.portal.portal_pages import page
from reader_station.portal.request_faults import AWAY, BROKEN, BY_STATUS, FORM, RequestRefused
from reader_station.wire import API, ErrorAnswer, RejectionNotice, rejection

# Of a body that does not fit: the framework's own words may quote what was typed.
WRONG_FIELD: Final = ("格式不符", "malformed")


def add_to(app: FastAPI) -> None:
    """Register an answer to everything that goes wrong inside the app."""
    app.add_exception_handler(AccountRefused, _account_refused)
    app.add_exception_handler(RequestRefused, _request_refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _framework_error)
    app.add_exception_handler(MachineUnusable, _machine_unusable)


def answer(request: Request, status: int, notice: Notice) -> Response:
    """The answer to a refused request; a `RejectionNotice` also names the faulty fields."""
    if not request.url.path.startswith(f"{API}/"):
        return page(request, "refused", status=status, notice=notice)
    error = notice if isinstance(notice, RejectionNotice) else rejection(notice)
    return JSONResponse(ErrorAnswer(error=error).model_dump(mode="json"), status)


def internal_error(request: Request) -> Response:
    """The answer to a bug of ours."""
    return answer(request, BROKEN.status, BROKEN.notice)


def _account_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, AccountRefused)  # noqa: S101  registered for it alone
    notice = Notice(**{name: getattr(error, name) for name in Notice.__dataclass_fields__})
    return answer(request, error.status, rejection(notice, error.fields, error.fields_en))


def _request_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestRefused)  # noqa: S101
    return answer(request, error.fault.status, error.fault.notice)


def _malformed(request: Request, error: Exception) -> Response:
    """Names the fields, and never quotes them: what was typed is personal data."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    named = {str(fault["loc"][-1]) for fault in error.errors() if len(fault["loc"]) > 1}
    zh, en = (dict.fromkeys(sorted(named), words) for words in WRONG_FIELD)
    return answer(request, FORM.status, rejection(FORM.notice, zh, en))


def _framework_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    fault = BY_STATUS.get(error.status_code, FORM)
    return answer(request, fault.status, fault.notice)


def _machine_unusable(request: Request, error: Exception) -> Response:
    request.state.fault = str(error)  # for the log; such texts hold nothing personal
    return answer(request, AWAY.status, AWAY.notice)
