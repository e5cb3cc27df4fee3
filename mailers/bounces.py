"""Bounces: an address of its own for each mail to come back to, and what a mail that came back says.

Pure: bytes in, facts out. Whoever reads a mailbox decides what follows. Nothing here keeps an address.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser
from enum import StrEnum
from typing import Any, Final

from flufl.bounce import all_failures

from mailers.address_faults import enhanced_status, is_wrong_address, reply_code
from mailers.message import envelope_address

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)  # it would print whole mails

_PURPOSE: Final = b"bounce address\0"
_MAC_LENGTH: Final = 16  # hex digits: 64 bits against guessing, short enough for every server's 64 octets
_RETURN_ADDRESS: Final = re.compile(
    rf"bounce\+([1-9]\d{{0,17}})\.([0-9a-f]{{{_MAC_LENGTH}}})@([a-z0-9.-]{{1,253}})", re.IGNORECASE
)
# Where servers write whom a mail is for; the first of them that holds one of our addresses is believed.
_FOR_WHOM: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_LONGEST_HEADER: Final = 2000
# What a server says stands first, the mail that it returns behind; a hostile one could be read for minutes.
_LOOKED_AT: Final = 128 * 1024
# Whoever answers by robot or list is no bounce, whatever the text sounds like (RFC 3834 2).
_NOT_A_BOUNCE_BY: Final = ("List-Id", "X-Autoreply", "X-Autorespond", "X-Auto-Response")
# What a parser may raise over bytes that were made to break it.
_BROKEN: Final = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


class BounceKind(StrEnum):
    """What a report says. HARD and SOFT: the mail is lost. DELAYED and OTHER: nothing is lost."""

    HARD = "hard"  # the address itself is wrong
    SOFT = "soft"  # given up for another reason
    DELAYED = "delayed"  # still being tried
    OTHER = "other"  # delivered, passed on, read


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of one of our mails, by its number; `status` as in RFC 3463, "5.0.0": not told."""

    message_number: int
    kind: BounceKind
    status: str


def return_address(secret: bytes, message_number: int, *, domain: str) -> str:
    """The envelope sender of one mail (VERP): whatever comes back to it is about that mail.

    Raises UnsafeText for a domain that makes no address.
    """
    return envelope_address(f"bounce+{message_number}.{_mac(secret, message_number)}@{domain}")


def message_number(secret: bytes, address: str, *, domain: str) -> int | None:
    """The number of the mail that went out with this return address; None: not one of ours."""
    for number, mac, host in _RETURN_ADDRESS.findall(address[:_LONGEST_HEADER]):
        is_ours = hmac.compare_digest(mac.lower(), _mac(secret, int(number)))
        if is_ours and host.lower() == domain.lower():
            return int(number)
    return None


def read_bounce(raw: bytes, *, secret: bytes, domain: str) -> Bounce | None:
    """What a mail from the mailbox says of one of ours; None: no bounce, or not about a mail of ours.

    Reports by RFC 3464 first, then the shapes that Mailman's flufl.bounce knows. A forged return address, a
    robot's answer, a bounce of a bounce and what cannot be read are no bounces.
    """
    try:
        mail = message_from_bytes(raw[:_LOOKED_AT])
        number = _number(mail, secret, domain)
        if number is None or _is_about_a_bounce(mail):
            return None
        return _reported(mail, number) or _recognised(mail, number)
    except _BROKEN:
        return None


def _mac(secret: bytes, message_number: int) -> str:
    return hmac.digest(secret, _PURPOSE + str(message_number).encode(), "sha256").hex()[:_MAC_LENGTH]


def _number(mail: Message[Any, Any], secret: bytes, domain: str) -> int | None:
    for address in _named_addresses(mail):
        number = message_number(secret, address, domain=domain)
        if number is not None:
            return number
    return None


def _named_addresses(mail: Message[Any, Any]) -> Iterator[str]:
    for name in _FOR_WHOM:
        yield from _headers(mail, name)
    for part in _own_parts(mail):
        if part.get_content_type() == "message/delivery-status":
            for block in _blocks(part):
                yield from _headers(block, "Original-Envelope-Id")
    for returned in _returned(mail):
        yield from _headers(returned, "Return-Path")


def _headers(mail: Message[Any, Any], name: str) -> list[str]:
    return [str(value)[:_LONGEST_HEADER] for value in mail.get_all(name, [])]


def _own_parts(mail: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    """The parts of a mail, those of enclosed mails left out: what they report is another's business."""
    waiting = [mail]
    while waiting:
        part = waiting.pop(0)
        yield part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(_blocks(part))


def _blocks(part: Message[Any, Any]) -> list[Message[Any, Any]]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _returned(mail: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    """Our mail, or its headers, as a report encloses it."""
    for part in _own_parts(mail):
        if part.get_content_type() in ("message/rfc822", "message/global"):
            yield from _blocks(part)
        elif part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield HeaderParser().parsestr(content.decode("utf-8", "replace"))


def _is_about_a_bounce(mail: Message[Any, Any]) -> bool:
    """Our mails are never reports and always have a sender."""
    return any(
        returned.get_content_type() == "multipart/report"
        or any(path.strip() == "<>" for path in _headers(returned, "Return-Path"))
        for returned in _returned(mail)
    )


# --- reports by RFC 3464 ---

_GRAVITY: Final = (BounceKind.HARD, BounceKind.SOFT, BounceKind.DELAYED, BounceKind.OTHER)


def _reported(mail: Message[Any, Any], number: int) -> Bounce | None:
    found = [
        bounce
        for part in _own_parts(mail)
        if part.get_content_type() == "message/delivery-status"
        for block in _blocks(part)
        if (bounce := _about_receiver(block, number))
    ]
    # We write to one receiver a mail: several are whoever it was passed on to.
    return min(found, key=lambda bounce: _GRAVITY.index(bounce.kind), default=None)


def _about_receiver(block: Message[Any, Any], number: int) -> Bounce | None:
    """RFC 3464 2.3: Action and Status of one receiver; the block about the whole mail has neither."""
    action, told, said = (" ".join(_headers(block, name)) for name in ("Action", "Status", "Diagnostic-Code"))
    status = enhanced_status(told)
    if not status.strip() and not action:
        return None
    verb = (action.split() or [""])[0].lower()
    if verb == "delayed":
        return Bounce(number, BounceKind.DELAYED, status or "4.0.0")
    if verb != "failed" and not (verb == "" and status.startswith("5")):
        return Bounce(number, BounceKind.OTHER, status or "2.0.0")
    if status in ("", "5.0.0"):  # says nothing; the words of the server that refused may
        status = enhanced_status(said) or "5.0.0"
    return Bounce(number, _gravity(status, said), status)


def _gravity(status: str, said: str) -> BounceKind:
    """HARD only when the address itself is wrong."""
    code = reply_code(said) if status == "5.0.0" else None
    is_hard = status.startswith("5") and is_wrong_address(code, f"{status} {said}")
    return BounceKind.HARD if is_hard else BounceKind.SOFT


# --- others ---


def _recognised(mail: Message[Any, Any], number: int) -> Bounce | None:
    if _is_robots_answer(mail):
        return None
    temporary, permanent = all_failures(mail)
    said = _text(mail)
    if permanent:
        status = enhanced_status(said) or "5.0.0"
        return Bounce(number, _gravity(status, ""), status)
    return Bounce(number, BounceKind.DELAYED, enhanced_status(said) or "4.0.0") if temporary else None


def _is_robots_answer(mail: Message[Any, Any]) -> bool:
    precedence = " ".join(_headers(mail, "Precedence")).lower()
    return "auto_reply" in precedence or any(name in mail for name in _NOT_A_BOUNCE_BY)


def _text(mail: Message[Any, Any]) -> str:
    for part in _own_parts(mail):
        if part.get_content_maintype() == "text" and not part.is_multipart():
            content = part.get_payload(decode=True)
            return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    return ""
