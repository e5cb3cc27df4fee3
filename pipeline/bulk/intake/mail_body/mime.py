"""A mail's bytes as MIME parts, within bounds: what a hostile mail can cost is decided here.

The standard library's compat32 parser is four times as fast as its newer policy, but leaves raw Big5 or UTF-8
in names and headers, and unknown character sets, to every caller.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import email
import re
from collections.abc import Iterator
from email.errors import CloseBoundaryNotFoundDefect, HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Policy, compat32
from typing import Any, Final, NamedTuple

# Far beyond any mail that people write. The parser's time grows with lines times nested parts.
MOST_PARTS: Final = 200
MOST_CONTAINERS: Final = 30
MOST_HEADERS: Final = 1_000
MOST_LINES: Final = 2_000_000
LONGEST_HEADER: Final = 100_000  # characters; a long list of receivers
# The library takes the square of the length for the parameters of these.
LONGEST_PARAMETERS: Final = 5_000
_WITH_PARAMETERS: Final = ("content-type", "content-disposition")

_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_LONE_CR: Final = re.compile(rb"\r(?!\n)")

# Codecs that are no character sets, or take the square of the length.
_NO_CHARSETS: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


class MailUnreadable(Exception):
    """The mail cannot be taken apart; the text says in what way and nothing of its content."""


class Place(NamedTuple):
    """A part that is no container: where it stands (`2.1` as IMAP counts), and whether it came whole."""

    number: str
    part: Message
    is_alternative: bool  # one of several forms of the same text
    is_whole: bool


class _Bounds:
    """Makes the parts of one mail, and counts them."""

    def __init__(self) -> None:
        self.parts = -1  # the parser makes one to try
        self.containers = 0

    def __call__(self, policy: Policy[Any] = compat32) -> Message:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise MailUnreadable(f"more than {MOST_PARTS} parts")
        return _Part(self, policy)

    def see_header(self, name: str, value: str) -> None:
        longest = LONGEST_PARAMETERS if name in _WITH_PARAMETERS else LONGEST_HEADER
        if len(value) > longest:
            raise MailUnreadable(f"a header of more than {longest} characters")
        if name == "content-type" and value.lstrip().lower().startswith(("multipart/", "message/")):
            self.containers += 1
            if self.containers > MOST_CONTAINERS:
                raise MailUnreadable(f"more than {MOST_CONTAINERS} nested parts")


class _Part(Message):
    """A part whose headers are looked at before the parser uses them."""

    def __init__(self, bounds: _Bounds, policy: Policy[Any]) -> None:
        super().__init__(policy)
        self._bounds = bounds

    def set_raw(self, name: str, value: str) -> None:
        if len(self) >= MOST_HEADERS:
            raise MailUnreadable(f"more than {MOST_HEADERS} headers")
        lower = name.lower()
        self._bounds.see_header(lower, value)
        if lower.startswith("content-"):
            value = _legible(value).strip()
        super().set_raw(name, value)


def parse(raw: bytes) -> Message:
    """The mail as a tree of parts.

    Raises:
        MailUnreadable: it has more parts, headers or lines than people write, or hides a header.
    """
    if max(raw.count(b"\n"), raw.count(b"\r")) > MOST_LINES:
        raise MailUnreadable(f"more than {MOST_LINES} lines")
    # The parser ends a line there, a border server may not: it would have stripped no header behind it.
    if _LONE_CR.search(_HEAD_END.split(raw, maxsplit=1)[0]):
        raise MailUnreadable("a header with a line end in it")
    try:
        return email.message_from_bytes(raw, _Bounds(), policy=compat32)
    except (ValueError, LookupError, TypeError, RecursionError, AttributeError, AssertionError) as error:
        # Hostile headers still find holes in the library; which one is in the class.
        raise MailUnreadable(type(error).__name__) from None


def headers(message: Message) -> list[tuple[str, str]]:
    """Name and value of every header in mail order, unfolded; raw bytes as UTF-8 or CP950."""
    return [
        (name, _legible(str(value)).replace("\r", "").replace("\n", ""))
        for name, value in message.raw_items()
    ]


def walk(message: Message) -> Iterator[Place]:
    """Every part that is no container, in mail order; a mail inside the mail is one part."""
    if not message.is_multipart() or message.get_content_maintype() == "message":
        yield Place("1", message, is_alternative=False, is_whole=True)
        return
    waiting = [Place("", message, is_alternative=False, is_whole=True)]
    while waiting:
        place = waiting.pop()
        part = place.part
        inside: Any = part.get_payload()
        if not isinstance(inside, list) or part.get_content_maintype() == "message":
            yield place
            continue
        is_cut = any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in part.defects)
        is_alternative = part.get_content_subtype() == "alternative"
        prefix = f"{place.number}." if place.number else ""
        waiting.extend(
            Place(
                f"{prefix}{number}",
                child,
                is_alternative,
                place.is_whole and not (is_cut and number == len(inside)),
            )
            for number, child in reversed(list(enumerate(inside, 1)))
        )


def content(place: Place) -> bytes | None:
    """The part's decoded bytes; None when they were damaged on the way."""
    part = place.part
    if not place.is_whole:
        return None
    if str(part.get("Content-Transfer-Encoding", "")).lower() == "base64":
        try:
            encoded = str(part.get_payload()).encode("ascii", "replace")
            return base64.b64decode(b"".join(encoded.split()), validate=True)
        except binascii.Error:
            return None
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else None


def text(raw: bytes, charset: str) -> str:
    """The bytes as text; what the character set (or an unknown one) does not explain is replaced.

    No NUL and no half of a surrogate pair (UTF-7 may give one) is in it: databases refuse both.
    """
    try:
        decoded = raw.decode(_codec(charset), "replace")
    except (LookupError, ValueError):
        decoded = raw.decode("utf-8", "replace")
    return decoded.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def parameter(part: Message, header: str, name: str) -> str | None:
    """A header's parameter, decoded by RFC 2231, 2047 or as raw bytes; None without one, "" if illegible."""
    try:
        value = part.get_param(name, header=header)
        if value is None:
            return None
        if isinstance(value, tuple):
            charset, _, escaped = value
            return escaped.encode("latin-1").decode(_codec(charset or "utf-8"))
        return "".join(
            piece if isinstance(piece, str) else piece.decode(_codec(charset or "ascii"))
            for piece, charset in decode_header(value)
        )
    except (LookupError, ValueError, TypeError, HeaderParseError):  # TypeError: mixed pieces of RFC 2231
        return ""


def given_names(part: Message) -> list[str]:
    """The names that the part's headers give it, the better one first; "" for one that is illegible."""
    given = (parameter(part, "content-disposition", "filename"), parameter(part, "content-type", "name"))
    return [name for name in given if name is not None]


def is_attached(part: Message) -> bool:
    """Does the sender call it an attachment? Many are sent as `inline`, or say nothing."""
    return part.get_content_disposition() == "attachment"


def _codec(charset: str) -> str:
    name = codecs.lookup(charset).name
    if name in _NO_CHARSETS:
        raise LookupError
    # Mail that says Big5 or GB2312 means what Windows makes of them.
    return {"big5": "cp950", "gb2312": "gb18030"}.get(name, name)


def _legible(value: str) -> str:
    """A header as the parser keeps it, its raw bytes decoded; U+FFFD for those that are neither."""
    try:
        raw = value.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:  # it is decoded already
        return value
    for encoding in ("utf-8", "cp950"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
