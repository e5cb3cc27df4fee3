"""The mailbox: reached, encrypted and signed in to as the intake does it; no mail is read, none is moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.bulk.intake.mailbox import Mailbox
from pipeline.errors import MachineUnusable
from pipeline.finding import Finding, judged
from pipeline.settings import Settings

SECONDS: Final = 10.0  # for each reply: a person waits
SHELVES: Final = ("Processed", "Rejected")
# A word of the fault, and what to do about it; the first that fits.
ADVICE: Final = {
    "NHICARD_IMAP_URL": "set NHICARD_IMAP_URL=imaps://user:password@host/folder, special characters as %XX",
    "ConnectionRefused": "nothing listens there: correct host and port in NHICARD_IMAP_URL (imaps: 993)",
    "gaierror": "no such host name: correct NHICARD_IMAP_URL, or ask whoever runs the DNS",
    "CertVerification": "its certificate is not trusted, or names another host than NHICARD_IMAP_URL: "
    "give the name that stands in it, and add its authority to the system's",
    "SSL": "encryption failed: imaps:// belongs to port 993; STARTTLS on port 143 is not spoken here",
    "imeout": "no answer: a firewall between, or the wrong host or port in NHICARD_IMAP_URL",
    "sign in": "it refuses the sign-in: correct user and password in NHICARD_IMAP_URL (percent-encoded)",
    "open folder": "no such folder: correct the path of NHICARD_IMAP_URL, such as /INBOX",
    "make folder": f"the user may make no folders: make {' and '.join(SHELVES)} in the mailbox by hand",
}
OTHERWISE: Final = "see NHICARD_IMAP_URL and the server's own log"


def mailbox_answers(settings: Settings) -> Iterator[Finding]:
    """Could mail be collected, and moved to its two folders (which are made when they are missing)?"""
    url = settings.imap_url.get_secret_value()
    current, how_to_fix = "not set: files come by the drop folder only", ""
    if url:
        current, how_to_fix = _tried(url)
    yield judged(
        "收件信箱 Mailbox",
        recommended="answers over TLS, holds Processed and Rejected; or not set",
        current=current,
        is_fine=not how_to_fix,
        how_to_fix=how_to_fix,
    )
    if url:
        yield _authserv_id(settings.authserv_id)


def _tried(url: str) -> tuple[str, str]:
    """What was found, and what to do about it (nothing: all is fine)."""
    try:
        with Mailbox(url, timeout=SECONDS) as mailbox:
            for shelf in SHELVES:
                mailbox.make_folder(shelf)
            waiting = len(mailbox.listed())
        encryption = "over TLS" if url.startswith("imaps") else "not encrypted, on this machine"
        return f"answers {encryption}, {waiting} mails wait", ""
    except MachineUnusable as error:
        told = str(error)
        return told, next((advice for word, advice in ADVICE.items() if word in told), OTHERWISE)


def _authserv_id(authserv_id: str) -> Finding:
    return judged(
        "寄件者驗證 Sender authentication",
        recommended="the name in our border mail server's Authentication-Results",
        current=authserv_id or "not set: no sender can be believed, and no mail is collected",
        is_fine=bool(authserv_id),
        how_to_fix="set NHICARD_AUTHSERV_ID to the first word of Authentication-Results in a received mail",
    )
