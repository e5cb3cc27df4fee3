"""Letters to our own staff: a held file, a failed job, and once a day all that nobody else was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final

from mailers.letters.rendering import composed, facts
from mailers.message import Heading

DIGEST_LINES_SHOWN: Final = 100  # of each section


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
class UnansweredMail:
    """A mail whose sender is not trusted and so not answered. `reason` is a finished sentence.

    `folder` is where it lies in the mailbox.
    """

    received_at: str
    sender: str = field(repr=False)
    reason: str
    attachments: int
    folder: str


@dataclass(frozen=True, slots=True)
class RefusedName:
    """A file of the drop folder that was refused and whose sender nobody knows."""

    file_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnsentLetter:
    """A letter to a unit that did not arrive: what it was, and why."""

    what: str
    unit_code: str
    why: str


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that still waits for an operator."""

    batch_id: int
    unit_code: str
    file_name: str
    waiting_since: str


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """One day's matters for staff. `mails` may be the first of `mails_total`."""

    day: str
    mails: Sequence[UnansweredMail]
    mails_total: int
    files: Sequence[RefusedName]
    unsent: Sequence[UnsentLetter]
    held: Sequence[HeldFile]


def held_notice(heading: Heading, notice: HeldNotice) -> EmailMessage:
    """To staff: a file waits, why, and the commands to go on."""
    return composed(heading, "held_notice", facts(notice))


def failure_notice(heading: Heading, notice: FailureNotice) -> EmailMessage:
    """To operators: which job failed and where to look."""
    return composed(heading, "failure_notice", facts(notice))


def digest(heading: Heading, letter: DigestLetter) -> EmailMessage:
    """To staff, once a day; sections without a matter are left out, and nothing in it is a link."""
    known = {
        "day": letter.day,
        "mails": letter.mails[:DIGEST_LINES_SHOWN],
        "mails_total": max(letter.mails_total, len(letter.mails)),
        "files": letter.files[:DIGEST_LINES_SHOWN],
        "files_total": len(letter.files),
        "unsent": letter.unsent[:DIGEST_LINES_SHOWN],
        "unsent_total": len(letter.unsent),
        "held": letter.held[:DIGEST_LINES_SHOWN],
        "held_total": len(letter.held),
    }
    return composed(heading, "digest", known)
