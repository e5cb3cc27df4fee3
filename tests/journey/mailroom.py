"""A mailbox for the office: mails as employers and others send them, and looks at what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from typing import Any

from pipeline.bulk.collect.collect_mail import CollectedMail, collect_mail
from pipeline.store.tables import inbound_mail
from pipeline.tasks.mail_intake import TakenIn, collect_with_receipts
from tests.imap_server import ImapServer
from tests.journey.office import CONTACT, Office

AUTHSERV_ID = "mx.nhi.example.com"
BOUNCE_DOMAIN = "bounces.nhi.example.com"
_NUMBERS = count(1)


@dataclass(frozen=True)
class File:
    """Something attached."""

    name: str | None
    content: bytes
    media_type: str = "text/csv"


def verdict(results: str, *, authserv_id: str = AUTHSERV_ID) -> str:
    """What a border mail server writes on top."""
    return f"{authserv_id}; {results}"


def letter(
    *files: File,
    sender: str = CONTACT,
    results: str | None = "",
    text: str = "名冊如附件。",
    message_id: str | None = "",
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A mail with attachments as it lies in the mailbox: the border's verdict on top, then its Received.

    `results`: the border's words, "" for a DMARC pass of the sender's domain, None for no verdict at all.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = "registration@nhi.example.com"
    message["Subject"] = "名冊"
    message["Date"] = "Fri, 20 Nov 2026 17:55:00 +0000"
    if message_id is not None:
        message["Message-ID"] = message_id or f"<{next(_NUMBERS)}.mail@unit.example.com>"
    for name, value in headers:
        message[name] = value
    message.set_content(text)
    for file in files:
        maintype, _, subtype = file.media_type.partition("/")
        message.add_attachment(
            file.content, maintype=maintype, subtype=subtype, cte="base64", filename=file.name
        )
    return border(results, domain=sender.rpartition("@")[2].rstrip(">")) + message.as_bytes()


def border(results: str | None, *, domain: str) -> bytes:
    """The lines that our border's mail server puts above a mail."""
    received = (
        f"Received: from mail.{domain} (mail.{domain} [192.0.2.7])\r\n"
        f"\tby {AUTHSERV_ID} with ESMTPS id 4F2; Fri, 20 Nov 2026 17:55:02 +0000\r\n"
    )
    if results is None:
        return received.encode()
    told = results or f"dmarc=pass header.from={domain}"
    return f"Authentication-Results: {verdict(told)}\r\n{received}".encode()


class Mailroom:
    """An office's mailbox on a real server."""

    def __init__(self, office: Office, server: ImapServer) -> None:
        self.office = office
        self.server = server
        self.url = server.mailbox("intake")
        office.settings = office.settings.model_copy(
            update={
                "imap_url": type(office.settings.imap_url)(self.url),
                "authserv_id": AUTHSERV_ID,
                "bounce_domain": BOUNCE_DOMAIN,
            }
        )

    def put(self, *mails: bytes, at: datetime | None = None) -> None:
        """Mails that came in then; now when it is not said."""
        for mail in mails:
            self.server.deliver(self.url, mail, at or self.office.now)

    def collect(self, **options: Any) -> CollectedMail:
        """One look at the mailbox, with receipts."""
        return collect_mail(
            self.office.database,
            self.office.settings,
            now=self.office.clock,
            **({"receipts": True} | options),
        )

    def take_in(self) -> TakenIn:
        """What the DAG does every quarter of an hour."""
        return collect_with_receipts(self.office.database, self.office.settings, now=self.office.clock)

    def count(self, folder: str = "INBOX") -> int:
        """How many mails lie there."""
        return len(self.server.folder(self.url, folder))

    def reasons(self) -> list[str]:
        """What was decided about each mail, the oldest first."""
        return [row.reason for row in self.office.all(inbound_mail, "reason")]
