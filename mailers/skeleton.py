"""A mail built once as a skeleton and filled per person: the same mail as `compose` gives, much faster.

Pure, as `mailers.message` is.
"""

from __future__ import annotations

import html
import re
from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from mailers.message import (
    dated,
    envelope_address,
    known_message_id,
    one_line,
    set_boundaries,
    write_bodies,
    write_common_headers,
)

_SLOT: Final = re.compile(r"ZQ([a-z]+(?:_[a-z]+)*)QZ")
_BASE64_COLUMNS: Final = 76  # RFC 2045 6.8
_OCTETS_A_LINE: Final = _BASE64_COLUMNS // 4 * 3


def slot(name: str) -> str:
    """The mark to give a template in place of a value that each person's mail fills in later."""
    mark = f"ZQ{name}QZ"
    if not _SLOT.fullmatch(mark):
        raise ValueError("a slot's name is lower-case letters and single underscores")
    return mark


@dataclass(frozen=True, slots=True)
class _Body:
    """A text part cut at its slots: fixed bytes at even places, slot names at odd ones.

    `lines` are the encoded lines before the first slot, the same in every mail.
    """

    lines: bytes
    pieces: tuple[bytes | str, ...]
    is_html: bool

    @classmethod
    def of(cls, text: str, *, is_html: bool) -> _Body:
        cut = _SLOT.split(re.sub(r"\r\n|\r|\n", "\r\n", text))
        first = cut[0].encode()
        whole = len(first) // _OCTETS_A_LINE * _OCTETS_A_LINE
        rest = (
            first[whole:],
            *(piece if place % 2 else piece.encode() for place, piece in enumerate(cut[1:], 1)),
        )
        return cls(_base64_lines(first[:whole]), rest, is_html)

    def filled(self, values: Mapping[str, str]) -> bytes:
        chosen = {name: html.escape(value) for name, value in values.items()} if self.is_html else values
        octets = b"".join(
            [chosen[piece].encode() if isinstance(piece, str) else piece for piece in self.pieces]
        )
        return self.lines + _base64_lines(octets)


def _base64_lines(octets: bytes) -> bytes:
    encoded = b2a_base64(octets, newline=False)
    starts = range(0, len(encoded), _BASE64_COLUMNS)
    return b"".join([encoded[start : start + _BASE64_COLUMNS] + b"\r\n" for start in starts])


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A mail without its person: headers and bodies made once; To, Date, Message-ID, slots per mail.

    Building a whole mail costs milliseconds, filling a skeleton microseconds; both give the same mail.
    """

    head: bytes
    middle: bytes
    tail: bytes
    text: _Body
    html: _Body
    slots: frozenset[str]

    @classmethod
    def of(
        cls, *, sender: str, reply_to: str, subject: str, text: str, html: str, sender_name: str
    ) -> Skeleton:
        """Take texts rendered with `slot(name)` marks. Raises UnsafeText as `compose` does."""
        message = EmailMessage(policy=SMTP)
        write_common_headers(
            message, sender=sender, sender_name=sender_name, reply_to=reply_to, subject=subject
        )
        write_bodies(message, "\n", "\n")
        set_boundaries(message, subject)
        head, middle, tail = message.as_bytes().split(_base64_lines(b"\r\n"))
        names = frozenset(_SLOT.findall(text)) | frozenset(_SLOT.findall(html))
        return cls(head, middle, tail, _Body.of(text, is_html=False), _Body.of(html, is_html=True), names)

    def fill(
        self, *, to: str, date: datetime, message_id: str, values: Mapping[str, str] | None = None
    ) -> bytes:
        """One person's mail, CRLF lines, ready for SMTP.

        `values` gives every slot one line of plain text. Raises UnsafeText for a control character
        or line end in a value, an unusable address, Message-ID or date, and KeyError for a missing slot.
        """
        given = {name: one_line((values or {})[name], f"the slot {name}") for name in self.slots}
        lines = (
            f"To: {envelope_address(to)}\r\n"
            f"Date: {dated(date)}\r\n"
            f"Message-ID: {known_message_id(message_id)}\r\n"
        ).encode("ascii")
        return b"".join(
            (lines, self.head, self.text.filled(given), self.middle, self.html.filled(given), self.tail)
        )
