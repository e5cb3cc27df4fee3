"""A mail's bytes as what the intake asks of it: who, is it a machine's, which files were handed in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import Final

from pipeline.bulk.intake.mail_body import mail_text, mime
from pipeline.bulk.intake.mail_body.handed_files import HandedFile, HandedFiles
from pipeline.bulk.intake.mail_body.mime import MailUnreadable

__all__ = ["HandedFile", "MailUnreadable", "ReceivedMail", "read_headers", "read_mail"]

Headers = Sequence[tuple[str, str]]

LONGEST_MESSAGE_ID: Final = 250  # RFC 5322 2.1.1: a line has 998; longer ones are made up

_MESSAGE_ID: Final = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]+@[\x21-\x3b\x3d\x3f\x41-\x7e]+>")
_BULK: Final = frozenset({"auto_reply", "bulk", "junk", "list"})
# Exchange puts X-Auto-Response-Suppress on people's mails.
_AUTOREPLY: Final = re.compile(r"x-auto-?(?:reply|respond|response(?!-suppress))", re.IGNORECASE)
_BOUNCE_SENDER: Final = re.compile(r"(?:\A|<)(?:mailer-daemon|postmaster)(?:@|>|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """What a mail says. `message_id` with its brackets, or empty; `headers` in mail order, unfolded.

    `automated` is why no answer may go to it, or empty: AUTO_SUBMITTED, REPORT, NULL_RETURN_PATH, PRECEDENCE,
    LIST, AUTOREPLY. `is_bounce`: a bounce parser should look at it. `ignored` names what is no hand-in,
    `left_over` what is beyond the most a mail may hold. `text` has no quoted lines.
    """

    message_id: str
    sha256: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    automated: str
    is_bounce: bool
    files: tuple[HandedFile, ...] = field(default=(), repr=False)
    ignored: tuple[str, ...] = field(default=(), repr=False)
    left_over: tuple[str, ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)


def read_mail(raw: bytes, *, max_files: int, max_bytes: int) -> ReceivedMail:
    """Everything of a mail; a file has at most `max_bytes`, and so has all that its zips hold together.

    Raises:
        MailUnreadable: it has more parts, headers or lines than any mail that people write.
    """
    message = mime.parse(raw)
    places = list(mime.walk(message))
    files = HandedFiles(max_files, max_bytes)
    for place in places:
        files.take(place)
    return _received(message, raw, files, mail_text.text(places))


def read_headers(raw_head: bytes) -> ReceivedMail:
    """The same for the headers of a mail that is too large to fetch; `sha256` is that of the headers.

    Raises:
        MailUnreadable: as for `read_mail`.
    """
    return _received(mime.parse(raw_head), raw_head, HandedFiles(0, 0), "")


def _received(message: Message, raw: bytes, files: HandedFiles, text: str) -> ReceivedMail:
    headers = mime.headers(message)
    automated = _automated(message, headers)
    return ReceivedMail(
        message_id=_message_id(headers),
        sha256=hashlib.sha256(raw).hexdigest(),
        headers=tuple(headers),
        automated=automated,
        is_bounce=_is_bounce(message, headers),
        files=tuple(files.handed),
        ignored=tuple(files.ignored),
        left_over=tuple(files.left_over),
        text=text,
    )


def _values(headers: Headers, wanted: str) -> list[str]:
    return [value.strip() for name, value in headers if name.lower() == wanted]


def _message_id(headers: Headers) -> str:
    values = _values(headers, "message-id")
    is_one = len(values) == 1 and len(values[0]) <= LONGEST_MESSAGE_ID
    return values[0] if is_one and _MESSAGE_ID.fullmatch(values[0]) else ""


def _automated(message: Message, headers: Headers) -> str:
    """The first reason why this is no person's mail. Source: RFC 3834 2, and what mail systems send."""
    names = {name.lower() for name, _ in headers}
    submitted = [_first_word(value) for value in _values(headers, "auto-submitted")]
    reasons = {
        "AUTO_SUBMITTED": any(word != "no" for word in submitted),
        "REPORT": message.get_content_type() == "multipart/report",
        "NULL_RETURN_PATH": "<>" in _values(headers, "return-path"),
        "PRECEDENCE": any(_first_word(value) in _BULK for value in _values(headers, "precedence")),
        "LIST": not names.isdisjoint({"list-id", "list-unsubscribe"}),
        "AUTOREPLY": any(map(_AUTOREPLY.match, names)),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _first_word(value: str) -> str:
    return next(iter(re.split(r"[\s;(]", value.strip(), maxsplit=1)), "").lower()


def _is_bounce(message: Message, headers: Headers) -> bool:
    if message.get_content_type() == "multipart/report":
        kind = mime.parameter(message, "content-type", "report-type") or ""
        if kind.lower() == "delivery-status":
            return True
    return "<>" in _values(headers, "return-path") or any(
        map(_BOUNCE_SENDER.search, _values(headers, "from"))
    )
