"""Letters to people: the success mail, and the two that carry a link to click."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from email.message import EmailMessage
from urllib.parse import urlsplit

from mailers.letters.rendering import LONGEST_TEXT, UNPRINTABLE, composed, facts, rendered
from mailers.message import Heading
from mailers.skeleton import Skeleton, slot


@dataclass(frozen=True, slots=True)
class Links:
    """The three portal addresses of the success mail. Raises ValueError for anything but http(s)."""

    change_password: str
    health_bank: str
    own_insurance: str

    def __post_init__(self) -> None:
        for link in fields(self):
            must_be_web_address(link.name, getattr(self, link.name))


@dataclass(frozen=True, slots=True)
class ConfirmationLetter:
    """A person applied by themself and confirms by a link, which nobody else may read.

    `valid_until` is a moment as people read it, such as "2026-11-25 23:59". Raises ValueError for anything
    but http(s).
    """

    link: str = field(repr=False)
    valid_until: str

    def __post_init__(self) -> None:
        must_be_web_address("link", self.link)


@dataclass(frozen=True, slots=True)
class ResetLetter:
    """A person forgot the password and sets a new one by a link; as `ConfirmationLetter`."""

    link: str = field(repr=False)
    valid_until: str

    def __post_init__(self) -> None:
        must_be_web_address("link", self.link)


def success_skeleton(
    *, sender: str, sender_name: str, reply_to: str, links: Links, initial_password_days: int = 90
) -> Skeleton:
    """The success mail; slot `unit_name` is filled per person. It names no card number, ID or birth date."""
    known = {"unit_name": slot("unit_name"), "links": links, "initial_password_days": initial_password_days}
    subject, text, html = rendered("success", known)
    return Skeleton.of(
        sender=sender, sender_name=sender_name, reply_to=reply_to, subject=subject, text=text, html=html
    )


def confirmation(heading: Heading, letter: ConfirmationLetter) -> EmailMessage:
    """To a person who applied: confirm by the link, or do nothing."""
    return composed(heading, "confirmation", facts(letter))


def reset(heading: Heading, letter: ResetLetter) -> EmailMessage:
    """To a person who forgot the password: set a new one by the link, or do nothing."""
    return composed(heading, "reset", facts(letter))


def must_be_web_address(name: str, address: str) -> None:
    """Raises ValueError, naming the field and never the address, which may hold a token."""
    parts = urlsplit(address)
    is_plain = not re.search(r"[\s<>\"']", address) and not UNPRINTABLE.search(address)
    if not (parts.scheme in ("https", "http") and parts.netloc and is_plain and len(address) <= LONGEST_TEXT):
        raise ValueError(f"{name} must be a web address")
