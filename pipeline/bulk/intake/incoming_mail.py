"""A mail on its way in: what lies in the mailbox, what was read of it, and what was decided."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from mailers.bounces import Bounce, read_bounce
from pipeline.bulk.intake.hand_in import Submission
from pipeline.bulk.intake.mailbox import ListedMail
from pipeline.bulk.intake.received_mail import MailUnreadable, ReceivedMail, read_headers, read_mail
from pipeline.bulk.intake.trust import JudgedSender, Trust, judge_sender
from pipeline.bulk.queries.inbound import Shelf, Verdict
from pipeline.clock import day_of
from pipeline.settings import Settings

NOBODY: Final = JudgedSender(Trust.NOT_JUDGED, "UNREADABLE", "")


@dataclass(slots=True)
class IncomingMail:
    """One mail; nobody answers it until it is found to hand something in."""

    listed: ListedMail
    raw: bytes | None  # None: too large to be fetched
    mail: ReceivedMail | None = None  # None: unreadable
    sender: JudgedSender = NOBODY
    bounce: Bounce | None = None
    verdict: Verdict = "unanswered"
    reason: str = "UNREADABLE"
    submission: Submission = field(default_factory=lambda: Submission([]))
    parts: list[tuple[str, str]] = field(default_factory=list)  # (part, SHA-256) of the hand-ins

    @property
    def mail_key(self) -> str:
        """What makes it the same mail: its Message-ID, or without one its bytes (rules 1).

        A Message-ID is its sender's own: nobody can use one up for somebody else.
        """
        if self.mail is None:
            return ""
        own_id = self.mail.message_id
        known_by = f"id:{self.sender.address} {own_id}" if own_id else f"raw:{self.mail.sha256}"
        return hashlib.sha256(known_by.encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def received_on(self) -> date:
        return day_of(self.listed.received_at)

    @property
    def attachments(self) -> int:
        """How many files it carries, of whatever kind."""
        mail = self.mail
        return len(mail.files) + len(mail.ignored) + len(mail.left_over) if mail else 0

    @property
    def shelf(self) -> Shelf:
        """Rejected is for mails of which nothing was taken."""
        if self.verdict == "taken":
            refused = [seen.refusal is not None for seen in self.submission.hand_ins]
            return "Rejected" if all(refused) else "Processed"
        return "Rejected" if self.verdict == "unanswered" else "Processed"


def read_incoming(listed: ListedMail, raw: bytes, settings: Settings, *, is_whole: bool) -> IncomingMail:
    """What can be read of a mail, or of the head of one too large to be fetched; never an exception."""
    one = IncomingMail(listed, raw if is_whole else None)
    try:
        if one.raw is None:
            one.mail = read_headers(raw)
        else:
            one.mail = read_mail(raw, max_files=settings.mail_max_files, max_bytes=settings.mail_max_bytes)
    except MailUnreadable:
        return one
    one.sender = judge_sender(one.mail.headers, authserv_id=settings.authserv_id)
    if settings.bounce_domain and one.mail.is_bounce:
        one.bounce = read_bounce(raw, secret=settings.secret, domain=settings.bounce_domain)
    return one
