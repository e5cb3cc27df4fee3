"""The mail server: reached, greeted, encrypted and signed in to as the delivery does it; no mail is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from mailers.handshake import Handshake, shake_hands
from mailers.server import MailServerAway
from pipeline.errors import MachineUnusable
from pipeline.finding import Finding, judged
from pipeline.outbox.deliver_mail import mail_server
from pipeline.settings import Settings

SECONDS: Final = 10.0  # for each reply: a person waits
# A word of the fault, and what to do about it.
ADVICE: Final = {
    "ConnectionRefused": "nothing listens there: set NHICARD_SMTP_HOST and NHICARD_SMTP_PORT",
    "gaierror": "no such host name: correct NHICARD_SMTP_HOST, or ask whoever runs the DNS",
    "CertVerification": "its certificate is not trusted, or names another host than NHICARD_SMTP_HOST: "
    "give the name that stands in it, and add its authority to the system's",
    "STARTTLS": "it offers no STARTTLS: take port 587 with NHICARD_SMTP_TLS=required, or 465 with implicit "
    "(none is for a mail catcher on this machine only)",
    "SSL": "encryption failed: NHICARD_SMTP_TLS=required belongs to port 587, implicit to port 465",
    "Auth": "it refuses the sign-in: correct NHICARD_SMTP_USER and NHICARD_SMTP_PASSWORD",
    "Timeout": "no answer: a firewall between, or the wrong NHICARD_SMTP_HOST or NHICARD_SMTP_PORT",
}
OTHERWISE: Final = "see NHICARD_SMTP_HOST, NHICARD_SMTP_PORT, NHICARD_SMTP_TLS and the server's own log"


def mail_server_answers(settings: Settings) -> Iterator[Finding]:
    """Would the server take mail from us?"""
    how_to_fix = OTHERWISE
    try:
        server = replace(mail_server(settings), timeout=SECONDS)
        current, is_fine = _told(asyncio.run(shake_hands(server))), True
    except MailServerAway as error:
        current, is_fine = str(error), False
        how_to_fix = next((advice for word, advice in ADVICE.items() if word in current), OTHERWISE)
    except MachineUnusable as error:
        current, is_fine, how_to_fix = str(error), False, "set NHICARD_SMTP_TLS=required or implicit"
    yield judged(
        "郵件伺服器 Mail server",
        recommended=f"{settings.smtp_host}:{settings.smtp_port} answers, TLS {settings.smtp_tls}",
        current=current,
        is_fine=is_fine,
        how_to_fix=how_to_fix,
    )


def _told(seen: Handshake) -> str:
    signed_in = ", signed in" if seen.is_signed_in else ""
    return f"answers, {seen.encryption or 'not encrypted'}{signed_in}"
