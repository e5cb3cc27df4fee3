"""What each mail is: a bounce of ours, files handed in by a contact, or a mail that gets no answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from email.utils import parseaddr
from itertools import islice

from pipeline.bulk.collect.judge_hand_ins import judge_hand_ins
from pipeline.bulk.intake.employer_file.opening import FileLimits
from pipeline.bulk.intake.hand_in import HandIn, MailSender
from pipeline.bulk.intake.incoming_mail import IncomingMail, SortedMail
from pipeline.bulk.intake.received_mail import ReceivedMail
from pipeline.bulk.intake.trust import JudgedSender, Trust
from pipeline.bulk.queries import inbound
from pipeline.bulk.rules.consent import declares_consent
from pipeline.bulk.rules.file_faults import size_refusal
from pipeline.bulk.rules.refusals import HandInCode, refusal_of
from pipeline.insured.queries import contacts
from pipeline.insured.queries.contacts import ContactOf
from pipeline.settings import Settings
from pipeline.store.engine import Connection
from validators.faults import FileRefused

Parts = set[tuple[str, str, str]]  # (mail key, part, SHA-256) of files that were handed in before


def sort_mail(
    connection: Connection, incoming: Sequence[IncomingMail], settings: Settings
) -> list[SortedMail]:
    """Tell bounces, hand-ins and the rest apart, and judge every file that was handed in.

    Raises:
        MachineUnusable: the database is away.
    """
    senders = _contacts(connection, incoming)
    known = inbound.known_parts(connection, [one.mail_key for one in incoming if one.mail])
    own = {parseaddr(text)[1].lower() for text in (settings.mail_from, settings.reply_to)}
    mails = []
    for one in incoming:
        units = senders.get((one.sender.address, one.received_on), {})
        mail = _sorted(one, units, own, known, max_bytes=settings.mail_max_bytes)
        known |= {(one.mail_key, *part) for part in mail.parts}
        mails.append(mail)
    judged = iter(
        judge_hand_ins(
            connection,
            [hand_in for mail in mails for hand_in in mail.hand_ins],
            limits=FileLimits(max_bytes=settings.mail_max_bytes, max_rows=settings.mail_max_rows),
            requires_consent=settings.consent_required,
        )
    )
    return [replace(mail, judged=tuple(islice(judged, len(mail.hand_ins)))) for mail in mails]


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


def _sorted(
    one: IncomingMail, units: Mapping[str, ContactOf], own: set[str], known: Parts, *, max_bytes: int
) -> SortedMail:
    if one.bounce is not None:
        return SortedMail(incoming=one, verdict="bounce", reason="BOUNCE")
    if one.mail is None:
        return SortedMail(incoming=one, verdict="unanswered", reason="UNREADABLE")
    reason = _why_unanswered(one.mail, one.sender, own, units)
    if reason is not None:
        return SortedMail(incoming=one, verdict="unanswered", reason=reason)
    return _taken(one, one.mail, MailSender(one.sender.trust, units), known, max_bytes=max_bytes)


def _why_unanswered(
    mail: ReceivedMail, sender: JudgedSender, own: set[str], units: Mapping[str, ContactOf]
) -> str | None:
    """Why a mail gets no answer (no loop, no backscatter, no oracle for strangers); None: it hands in."""
    if mail.automated:
        return mail.automated
    if sender.address in own:
        return "OWN_ADDRESS"
    if sender.trust not in (Trust.AUTHENTICATED, Trust.NO_RECORDS):
        return sender.reason
    return None if units else "UNKNOWN_SENDER"


def _taken(
    one: IncomingMail, mail: ReceivedMail, sender: MailSender, known: Parts, *, max_bytes: int
) -> SortedMail:
    """The mail's files as hand-ins, but for those that this mail has handed in before."""
    found = [
        (file.part, _hand_in(one, mail, sender, file.name, file.content or b"", file.refusal))
        for file in mail.files
    ]
    if not found:
        # The mail itself stands for the file that is missing; it has no content of its own.
        nothing = _hand_in(one, mail, sender, "", b"", _no_file(one, max_bytes))
        found = [("", replace(nothing, sha256=""))]
    fresh = [(part, hand_in) for part, hand_in in found if (one.mail_key, part, hand_in.sha256) not in known]
    if not fresh:
        return SortedMail(incoming=one, verdict="known", reason="KNOWN")
    return SortedMail(
        incoming=one,
        verdict="taken",
        reason=one.sender.reason,
        hand_ins=tuple(hand_in for _, hand_in in fresh),
        parts=tuple((part, hand_in.sha256) for part, hand_in in fresh),
    )


def _no_file(one: IncomingMail, max_bytes: int) -> FileRefused:
    """Why the mail as a whole is refused; its size counts as on the wire."""
    too_large = size_refusal(one.listed.size, max_bytes=max_bytes) if one.raw is None else None
    return too_large or refusal_of(HandInCode.NO_FILE)


def _hand_in(
    one: IncomingMail,
    mail: ReceivedMail,
    sender: MailSender,
    name: str,
    content: bytes,
    refusal: FileRefused | None,
) -> HandIn:
    return HandIn(
        name=name,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        received_at=one.listed.received_at,
        source="mail",
        sender=sender,
        declares_consent=declares_consent(mail.text),
        refusal=refusal,
    )
