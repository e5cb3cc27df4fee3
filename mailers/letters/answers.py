"""The answer: what became of a run's files, all that concern one address in one mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from itertools import chain
from typing import Final

from mailers.letters.rendering import composed
from mailers.letters.units import RejectedRow, Rejection, Warned, addressed, by_reason, unit_told
from mailers.message import Attachment, Heading, attachment_name

LOG_LINES_SHOWN: Final = 2_000
# Gmail cuts a mail at 102 kB; the list that matters most stays well before that, all rows are in the CSV.
REJECTED_ROWS_SHOWN: Final = 200
UNDELIVERED_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A success mail of an earlier file that did not reach its person; `why` is a finished sentence."""

    file_name: str
    row: int
    masked_id: str
    why: str
    why_en: str


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of a unit's file. `rejected` and `log_lines` are whole; the letter shows what fits."""

    unit_code: str
    unit_name: str
    file_name: str
    received_on: str
    total: int
    registered: int
    rejected: Sequence[RejectedRow]
    log_lines: Sequence[str]
    warnings: Sequence[Warned] = ()
    undelivered: Sequence[Undelivered] = ()


@dataclass(frozen=True, slots=True)
class AnswerLetter:
    """The results of one run for one address. Raises ValueError without a file."""

    files: Sequence[FileResult]
    attachments: Sequence[Attachment] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not self.files:
            raise ValueError("an answer is about at least one file")


@dataclass(frozen=True, slots=True)
class _Section:
    """A file as the letter shows it: what of its rows and log lines fits."""

    file: FileResult
    unit: str
    not_stored: int
    rejections: Sequence[Rejection]
    log_lines: Sequence[str]
    log_lines_left_out: int
    is_shown: bool


@dataclass(frozen=True, slots=True)
class _Loss:
    """Success mails of one file that were lost for one reason, with the ones that are shown."""

    file_name: str
    why: str
    total: int
    shown: Sequence[Undelivered]


def answer(heading: Heading, letter: AnswerLetter) -> EmailMessage:
    """The results to a unit's contact: rejected rows first, then warnings, the log, the files.

    Of several files a table of all stands above; the caps count over the whole letter.
    """
    sections = _sections(letter.files)
    undelivered = list(chain.from_iterable(file.undelivered for file in letter.files))
    known = {
        "addressed": addressed(letter.files),
        "sections": sections,
        "sections_left_out": sum(not section.is_shown for section in sections),
        "total": sum(file.total for file in letter.files),
        "registered": sum(file.registered for file in letter.files),
        "not_stored": sum(section.not_stored for section in sections),
        "undelivered": len(undelivered),
        "undelivered_left_out": max(0, len(undelivered) - UNDELIVERED_SHOWN),
        "losses": _losses(undelivered),
        "losses_en": list(dict.fromkeys(mail.why_en for mail in undelivered)),
        "attachment_names": [attachment_name(file.name) for file in letter.attachments],
        "is_zipped": any(file.media_type == "application/zip" for file in letter.attachments),
    }
    return composed(heading, "answer", known, letter.attachments)


def _sections(files: Iterable[FileResult]) -> list[_Section]:
    rows_left, lines_left = REJECTED_ROWS_SHOWN, LOG_LINES_SHOWN
    sections = []
    for file in files:
        section = _section(file, rows_left, lines_left)
        sections.append(section)
        rows_left -= sum(len(rejection.rows) for rejection in section.rejections)
        lines_left -= len(section.log_lines)
    return sections


def _section(file: FileResult, rows_left: int, lines_left: int) -> _Section:
    rejections = by_reason(file.rejected, shown=rows_left)
    lines = file.log_lines[:lines_left]
    return _Section(
        file=file,
        unit=unit_told(file),
        not_stored=len(file.rejected),
        rejections=rejections,
        log_lines=lines,
        log_lines_left_out=len(file.log_lines) - len(lines),
        is_shown=lines_left > 0 or any(rejection.rows for rejection in rejections),
    )


def _losses(undelivered: Iterable[Undelivered]) -> list[_Loss]:
    groups: dict[tuple[str, str], list[Undelivered]] = {}
    for mail in undelivered:
        groups.setdefault((mail.file_name, mail.why), []).append(mail)
    space_left = UNDELIVERED_SHOWN
    losses = []
    for (file_name, why), mails in groups.items():
        losses.append(_Loss(file_name, why, len(mails), mails[:space_left]))
        space_left -= min(space_left, len(mails))
    return losses
