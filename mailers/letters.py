"""Every letter we write: plain facts in, a composed mail or a skeleton out. The words are in `templates/`.

Nothing here knows what a registration is: the caller hands over texts and numbers, already masked where they
concern a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from email.message import EmailMessage
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from mailers.message import Attachment, Heading, attachment_name, compose
from mailers.skeleton import Skeleton, slot

# Seed 003: the free line, and what mobile phones dial.
HELPLINE: Final = "0800-030-598"
HELPLINE_MOBILE: Final = "02-4128-678"
LOG_LINES_SHOWN: Final = 2_000
# Gmail cuts a mail at 102 kB; the list that matters most stays well before that, all rows are in the CSV.
REJECTED_ROWS_SHOWN: Final = 200

# Controls forge lines; direction marks turn what is read around ("fdp.exe" shown as "exe.pdf").
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_LONGEST_TEXT: Final = 2_000


def _printable(value: object) -> object:
    """What a template prints: one line, no controls, no direction marks, not endless."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value[:_LONGEST_TEXT])
    return value


_TEMPLATES: Final = Environment(
    loader=PackageLoader("mailers"),
    autoescape=select_autoescape(["html.jinja"], default=False),
    undefined=StrictUndefined,
    finalize=_printable,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)


@dataclass(frozen=True, slots=True)
class Links:
    """The three portal addresses of the success mail. Raises ValueError for anything but http(s)."""

    change_password: str
    health_bank: str
    own_insurance: str

    def __post_init__(self) -> None:
        for link in fields(self):
            address = getattr(self, link.name)
            if urlsplit(address).scheme not in ("https", "http") or re.search(r"[\s<>\"']", address):
                raise ValueError(f"{link.name} must be a web address")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not stored: its number, the spreadsheet line, the masked ID, why, what to do."""

    row: int
    line: int
    masked_id: str
    reason: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the sender should know though nothing was refused for it."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class AnswerLetter:
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
    attachments: Sequence[Attachment] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class RefusalLetter:
    """A file refused as a whole. `log_lines` are the opening line and the one that says why."""

    file_name: str
    received_on: str
    log_lines: Sequence[str]
    hint: str
    hint_en: str
    unit_code: str = ""
    unit_name: str = ""


@dataclass(frozen=True, slots=True)
class HeldNotice:
    """A suspicious file that waits for an operator."""

    batch_id: int
    unit_code: str
    unit_name: str
    file_name: str
    received_on: str
    total: int
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class FailureNotice:
    """A job that failed for good. `error` is a class name or a fixed sentence, never an exception's text."""

    dag: str
    task: str
    run: str
    failed_at: str
    error: str
    where_to_look: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Rejection:
    """Rows rejected for one reason, with the ones that are shown."""

    reason: str
    what_to_do: str
    total: int
    rows: Sequence[RejectedRow]


def success_skeleton(
    *, sender: str, sender_name: str, reply_to: str, links: Links, initial_password_days: int = 90
) -> Skeleton:
    """The success mail; slot `unit_name` is filled per person. It names no card number, ID or birth date."""
    facts = {"unit_name": slot("unit_name"), "links": links, "initial_password_days": initial_password_days}
    subject, text, html = _rendered("success", facts)
    return Skeleton.of(
        sender=sender, sender_name=sender_name, reply_to=reply_to, subject=subject, text=text, html=html
    )


def answer(heading: Heading, letter: AnswerLetter) -> EmailMessage:
    """The result log to the unit's contact: rejected rows first, then warnings, the log, the files."""
    facts = {
        **_facts(letter),
        "not_stored": len(letter.rejected),
        "rejections": _by_reason(letter.rejected),
        "log_lines": letter.log_lines[:LOG_LINES_SHOWN],
        "log_lines_left_out": max(0, len(letter.log_lines) - LOG_LINES_SHOWN),
        "attachment_names": [attachment_name(file.name) for file in letter.attachments],
    }
    return _composed(heading, "answer", facts, letter.attachments)


def refusal(heading: Heading, letter: RefusalLetter) -> EmailMessage:
    """The whole file is refused: why, what to do, how it should be named."""
    return _composed(heading, "refusal", _facts(letter))


def held_notice(heading: Heading, notice: HeldNotice) -> EmailMessage:
    """To staff: a file waits, why, and the commands to go on."""
    return _composed(heading, "held_notice", _facts(notice))


def failure_notice(heading: Heading, notice: FailureNotice) -> EmailMessage:
    """To operators: which job failed and where to look."""
    return _composed(heading, "failure_notice", _facts(notice))


def _by_reason(rejected: Iterable[RejectedRow]) -> list[_Rejection]:
    groups: dict[tuple[str, str], list[RejectedRow]] = {}
    for row in rejected:
        groups.setdefault((row.reason, row.what_to_do), []).append(row)
    space_left = REJECTED_ROWS_SHOWN
    rejections = []
    for (reason, what_to_do), rows in groups.items():
        rejections.append(_Rejection(reason, what_to_do, len(rows), rows[:space_left]))
        space_left -= min(space_left, len(rows))
    return rejections


def _facts(letter: AnswerLetter | RefusalLetter | HeldNotice | FailureNotice) -> dict[str, object]:
    return {fact.name: getattr(letter, fact.name) for fact in fields(letter)}


def _composed(
    heading: Heading, template: str, facts: dict[str, object], attachments: Sequence[Attachment] = ()
) -> EmailMessage:
    subject, text, html = _rendered(template, facts)
    return compose(heading, subject=subject, text=text, html=html, attachments=attachments)


def _rendered(template: str, facts: dict[str, object]) -> tuple[str, str, str]:
    """Subject, text and HTML; the text template sets the subject, so a letter's words stand together."""
    known = {**facts, "helpline": HELPLINE, "helpline_mobile": HELPLINE_MOBILE}
    module = _TEMPLATES.get_template(f"{template}.txt.jinja").make_module(known)
    subject = str(_printable(vars(module)["subject"]))
    html = _TEMPLATES.get_template(f"{template}.html.jinja").render({**known, "subject": subject})
    return subject, str(module), html
