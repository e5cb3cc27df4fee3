"""The letter by which a contact vouches for a mail that nothing proves."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage

from mailers.letters.people import must_be_web_address
from mailers.letters.rendering import composed, facts
from mailers.message import Heading


@dataclass(frozen=True, slots=True)
class ReleaseLetter:
    """A held file, and the link that frees it; goes to the stored address of the contact named in From.

    Raises ValueError for a link that is not http(s).
    """

    file_name: str
    unit_code: str
    received_on: str
    total: int
    link: str = field(repr=False)
    valid_until: str

    def __post_init__(self) -> None:
        must_be_web_address("link", self.link)


def release(heading: Heading, letter: ReleaseLetter) -> EmailMessage:
    """To a contact: did this file come from you? Press, or do nothing."""
    return composed(heading, "release", facts(letter))
