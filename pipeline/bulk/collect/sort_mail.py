"""Whose mail is it? Bounces of our own, files handed in by contacts, and mails that nobody answers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from email.utils import parseaddr

from pipeline.bulk.collect.judge_hand_ins import judge_hand_ins
from pipeline.bulk.intake.csv_bytes import FileLimits
from pipeline.bulk.intake.hand_in import HandIn, MailSender
from pipeline.bulk.intake.incoming_mail import IncomingMail
from pipeline.bulk.intake.received_mail import ReceivedMail
from pipeline.bulk.intake.trust import JudgedSender, Trust
from pipeline.bulk.queries import inbound
from pipeline.bulk.rules.consent import declares_consent
from pipeline.bulk.rules.file_faults import size_refusal
from pipeline.insured.queries import contacts
from pipeline.insured.queries.contacts import ContactOf
from pipeline.settings import Settings
from pipeline.store.engine import Connection
from validators.faults import FileRefused


def sort_mail(connection: Connection, incoming: Sequence[IncomingMail], settings: Settings) -> None:
    """Tell bounces, hand-ins and the rest apart, and judge every file that was handed in.

    Raises:
        MachineUnusable: the database is away.
    """
    senders = _contacts(connection, incoming)
    known = inbound.known_parts(connection, [one.mail_key for one in incoming if one.mail])
    own = {parseaddr(text)[1].lower() for text in (settings.mail_from, settings.reply_to)}
    for one in incoming:
        if one.bounce is not None:
            one.verdict, one.reason = "bounce", "BOUNCE"
        elif one.mail is not None:
            units = senders.get((one.sender.address, one.received_on), {})
            one.reason = _why_unanswered(one.mail, one.sender, own, units)
            if not one.reason:
                _take(one, one.mail, MailSender(one.sender.trust, units), known, settings)
                known |= {(one.mail_key, *part) for part in one.parts}
    hand_ins = [seen for one in incoming for seen in one.submission.hand_ins]
    limits = FileLimits(max_bytes=settings.mail_max_bytes, max_rows=settings.mail_max_rows)
    judge_hand_ins(connection, hand_ins, limits=limits, requires_consent=settings.consent_required)


def _contacts(
    connection: Connection, incoming: Sequence[IncomingMail]
) -> dict[tuple[str, date], dict[str, ContactOf]]:
    """The units that each sender was a contact of on the day its mail came."""
    by_day: dict[date, set[str]] = {}
    for one in incoming:
        if one.sender.address:
            by_day.setdefault(one.received_on, set()).add(one.sender.address)
    return {
        (address, day): units
        for day, addresses in by_day.items()
        for address, units in contacts.of_senders(connection, addresses, on=day).items()
    }


def _why_unanswered(
    mail: ReceivedMail, sender: JudgedSender, own: set[str], units: dict[str, ContactOf]
) -> str:
    """Why nobody is answered: no loop, no backscatter, no oracle for strangers; empty text: a hand-in."""
    if mail.automated:
        return mail.automated
    if sender.address in own:
        return "OWN_ADDRESS"
    if sender.trust not in (Trust.AUTHENTICATED, Trust.NO_RECORDS):
        return sender.reason
    return "" if units else "UNKNOWN_SENDER"


def _take(
    one: IncomingMail,
    mail: ReceivedMail,
    sender: MailSender,
    known: set[tuple[str, str, str]],
    settings: Settings,
) -> None:
    """Turn the mail's files into hand-ins, but for those that this mail has handed in before."""
    consents = declares_consent(mail.text)
    for file in mail.files:
        content = file.content or b""
        sha256 = hashlib.sha256(content).hexdigest()
        if (one.mail_key, file.part, sha256) in known:
            continue
        one.parts.append((file.part, sha256))
        one.submission.hand_ins.append(
            _hand_in(one, sender, file.name, content, sha256, refusal=file.refusal, consents=consents)
        )
    one.submission.ignored, one.submission.left_over = mail.ignored, mail.left_over
    if not mail.files and (one.mail_key, "", "") not in known:
        one.parts.append(("", ""))
        one.submission.hand_ins.append(
            _hand_in(
                one, sender, "", b"", "", refusal=_no_file(one, settings.mail_max_bytes), consents=consents
            )
        )
    one.verdict, one.reason = ("taken", one.sender.reason) if one.parts else ("known", "KNOWN")


def _no_file(one: IncomingMail, max_bytes: int) -> FileRefused:
    """Why the mail as a whole is refused; what it weighs is told as on the wire."""
    too_large = size_refusal(one.listed.size, max_bytes=max_bytes) if one.raw is None else None
    return too_large or FileRefused("NO_FILE")


def _hand_in(
    one: IncomingMail,
    sender: MailSender,
    name: str,
    content: bytes,
    sha256: str,
    *,
    refusal: FileRefused | None,
    consents: bool,
) -> HandIn:
    return HandIn(
        name=name,
        content=content,
        sha256=sha256,
        size=len(content),
        received_at=one.listed.received_at,
        source="mail",
        sender=sender,
        declares_consent=consents,
        refusal=refusal,
    )
