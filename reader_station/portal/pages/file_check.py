"""The file check (檔案檢查): how the night would judge a clerk's CSV files; nothing is stored or logged."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from pipeline.bulk.check.check_files import MAIL_LIMITS
from pipeline.bulk.intake.employer_file.opening import FileLimits
from pipeline.bulk.rules.file_faults import MIB
from pipeline.bulk.rules.file_report import FileReport
from pipeline.clock import TAIPEI, day_of
from pipeline.settings import Settings
from reader_station.portal import csrf
from reader_station.portal.pages.file_template import NAME, NAME_ZH, template_csv
from reader_station.portal.pages.report_view import VERDICTS, file_view, worst
from reader_station.portal.pages.upload import Upload, judge
from reader_station.portal.portal_context import Context, PortalContext
from reader_station.portal.portal_pages import LANGUAGE, page
from validators.file_name import printable

router: Final = APIRouter(prefix="/check")

UPLOAD_PATH: Final = "/check"
FILES_AT_ONCE: Final = 10
PARTS_READ: Final = 100  # more files than are checked, so that those left out can be named


@router.get("")
def show_form(request: Request, context: Context) -> Response:
    """The form, and what is checked."""
    return _form_page(request, context)


@router.post("")
async def check(request: Request, context: Context) -> Response:
    """Judge the files and show the result."""
    async with request.form(max_files=PARTS_READ, max_fields=PARTS_READ) as form:
        csrf.require(request, form.get(csrf.FIELD))
        uploads = _uploads(form)
        if not uploads:
            return _form_page(request, context, status=400, is_empty=True)
        judged, left_out = uploads[:FILES_AT_ONCE], uploads[FILES_AT_ONCE:]
        reports = await run_in_threadpool(
            judge,
            judged,
            received_on=day_of(context.now()),
            limits=_file_limits(context.settings),
        )
    return _result_page(request, reports, [printable(upload.name) for upload in left_out])


@router.get("/template.csv")
def template(request: Request) -> Response:
    """A CSV file to start from."""
    disposition = f"attachment; filename=\"{NAME}\"; filename*=UTF-8''{quote(NAME_ZH)}"
    return Response(template_csv(), media_type="text/csv", headers={"Content-Disposition": disposition})


@router.get("/how-to")
def how_to(request: Request, context: Context) -> Response:
    """How to make the file in Excel, step by step."""
    return page(request, "how_to", today=f"{context.now().astimezone(TAIPEI):%Y%m%d}")


def _uploads(form: FormData) -> list[Upload]:
    """The chosen files. A form sent without any holds one that has no name."""
    parts = (part for part in form.getlist("files") if isinstance(part, UploadFile) and part.filename)
    return [Upload(part.filename or "", part.file) for part in parts]


def _file_limits(settings: Settings) -> FileLimits:
    return FileLimits(max_bytes=settings.file_max_bytes, max_rows=settings.file_max_rows)


def _form_page(
    request: Request, context: PortalContext, *, status: int = 200, is_empty: bool = False
) -> Response:
    return page(
        request,
        "check",
        status=status,
        is_empty=is_empty,
        files_at_once=FILES_AT_ONCE,
        max_bytes=context.settings.file_max_bytes,
        max_mib=f"{context.settings.file_max_bytes / MIB:,.0f}",
        mail_mib=f"{MAIL_LIMITS.max_bytes / MIB:,.0f}",
        mail_rows=f"{MAIL_LIMITS.max_rows:,}",
    )


def _result_page(request: Request, reports: list[FileReport], left_out: list[str]) -> Response:
    language = LANGUAGE.of(request)
    verdict = worst(reports)
    return page(
        request,
        "check_result",
        files=[file_view(report, language) for report in reports],
        verdict=verdict,
        verdict_text=VERDICTS[language][verdict],
        left_out=left_out,
        files_at_once=FILES_AT_ONCE,
    )
