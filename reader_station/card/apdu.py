"""Commands to a chip card and what comes back (ISO/IEC 7816-4); bytes only.

61xx (more data wait) and 6Cxx (ask again with this length) are answered here, for pyscard does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

Transmit = Callable[[bytes], bytes]

STATUS_BYTES: Final = 2
LONGEST_LE: Final = 256
_GET_RESPONSE: Final = 0xC0
_MORE_DATA: Final = 0x61
_WRONG_LENGTH: Final = 0x6C
_MOST_PARTS: Final = 64  # of one answer: a card that says "more" for ever is broken


class StatusWord(IntEnum):
    """The status words that this project tells apart."""

    OK = 0x9000
    WRONG_LENGTH = 0x6700
    NOT_SELECTED = 0x6985
    NOT_SUPPORTED = 0x6A81
    NOT_FOUND = 0x6A82
    WRONG_PARAMETERS = 0x6A86
    NO_SUCH_DATA = 0x6A88
    UNKNOWN_INSTRUCTION = 0x6D00
    UNKNOWN_CLASS = 0x6E00
    NO_ANSWER = 0x0000


@dataclass(frozen=True, slots=True)
class Command:
    """One short command; `expected` (Le) is 1 to 256 bytes, or None for no Le byte."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    expected: int | None = None

    def __bytes__(self) -> bytes:
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        body = bytes((len(self.data),)) + self.data if self.data else b""
        return head + body + (b"" if self.expected is None else bytes((self.expected % LONGEST_LE,)))


@dataclass(frozen=True, slots=True)
class Response:
    """What the card says; the data are not printed, for they are a person's."""

    data: bytes = field(repr=False)
    status: int

    @classmethod
    def parse(cls, answer: bytes) -> Response:
        """Data and status word; less than a status word is no answer (0000)."""
        if len(answer) < STATUS_BYTES:
            return cls(b"", StatusWord.NO_ANSWER)
        return cls(answer[:-STATUS_BYTES], int.from_bytes(answer[-STATUS_BYTES:], "big"))

    @property
    def is_ok(self) -> bool:
        """Is the status word 9000?"""
        return self.status == StatusWord.OK

    @property
    def status_text(self) -> str:
        """The status word in four hexadecimal digits."""
        return f"{self.status:04X}"


def send(transmit: Transmit, command: bytes) -> Response:
    """Send one command and collect its whole answer, whatever parts and lengths the card wants."""
    response = Response.parse(transmit(command))
    if response.status >> 8 == _WRONG_LENGTH:
        response = Response.parse(transmit(_with_length(command, response.status & 0xFF)))
    data = response.data
    for _ in range(_MOST_PARTS):
        if response.status >> 8 != _MORE_DATA:
            break
        more = Command(command[0], _GET_RESPONSE, 0, 0, expected=response.status & 0xFF or LONGEST_LE)
        response = Response.parse(transmit(bytes(more)))
        data += response.data
    return Response(data, response.status)


def _with_length(command: bytes, length: int) -> bytes:
    """The command again with the Le byte that the card named; Le is the byte after header and data."""
    body = command[4:]
    is_without_data = len(body) <= 1
    end = 4 if is_without_data else 4 + 1 + body[0]
    return command[:end] + bytes((length,))
