"""A mail on its way in: what lies in the mailbox, what was read of it, and what was decided."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from mailers.bounces import Bounce, read_bounce
from pipeline.bulk.intake.hand_in import HandIn, JudgedHandIn
from pipeline.bulk.intake.mailbox import ListedMail
from pipeline.bulk.intake.received_mail import MailUnreadable, ReceivedMail, read_headers, read_mail
from pipeline.bulk.intake.trust import JudgedSender, Trust, judge_sender
from pipeline.bulk.queries.inbound import MailVerdict, Shelf
from pipeline.clock import day_of
from pipeline.settings import Settings

UNREADABLE: Final = JudgedSender(Trust.NOT_JUDGED, "UNREADABLE", "")


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """The facts of one mail. `raw` is None for one too large to be fetched, `mail` for an unreadable one."""

    listed: ListedMail
    raw: bytes | None
    mail: ReceivedMail | None = None
    sender: JudgedSender = UNREADABLE
    bounce: Bounce | None = None

    @property
    def mail_key(self) -> str:
        """What makes it the same mail: sender and Message-ID, without one its bytes (docs/rules.md 1).

        The sender counts in, so that no sender can use up the Message-ID of another.
        """
        if self.mail is None:
            return ""
        own_id = self.mail.message_id
        known_by = f"id:{self.sender.address} {own_id}" if own_id else f"raw:{self.mail.sha256}"
        return hashlib.sha256(known_by.encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def received_on(self) -> date:
        """The day by which its files are judged."""
        return day_of(self.listed.received_at)

    @property
    def attachments(self) -> int:
        """How many files it carries, of whatever kind."""
        mail = self.mail
        return len(mail.files) + len(mail.ignored) + len(mail.left_over) if mail else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedMail:
    """A mail with what it is: a bounce, hand-ins, hand-ins known already, or a mail that gets no answer.

    `parts` are (part, SHA-256) of the hand-ins; `judged` are those hand-ins with what was decided.
    """

    incoming: IncomingMail
    verdict: MailVerdict
    reason: str
    hand_ins: tuple[HandIn, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    judged: tuple[JudgedHandIn, ...] = ()

    @property
    def shelf(self) -> Shelf:
        """Rejected is for mails of which nothing was taken."""
        if self.verdict == "taken":
            return "Rejected" if all(file.refusal is not None for file in self.judged) else "Processed"
        return "Rejected" if self.verdict == "unanswered" else "Processed"


def read_incoming(listed: ListedMail, raw: bytes, settings: Settings, *, is_whole: bool) -> IncomingMail:
    """What can be read of a mail, or of the head of one too large to be fetched; never an exception."""
    kept = raw if is_whole else None
    try:
        if is_whole:
            mail = read_mail(raw, max_files=settings.mail_max_files, max_bytes=settings.mail_max_bytes)
        else:
            mail = read_headers(raw)
    except MailUnreadable:
        return IncomingMail(listed, kept)
    bounce = None
    if settings.bounce_domain and mail.is_bounce:
        bounce = read_bounce(raw, secret=settings.secret, domain=settings.bounce_domain)
    sender = judge_sender(mail.headers, authserv_id=settings.authserv_id)
    return IncomingMail(listed, kept, mail, sender, bounce)
