"""Commands to a chip card and its answers (ISO/IEC 7816-4); bytes only.

61xx (more data wait) and 6Cxx (send again with this length) are handled here, because pyscard does not.
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
_MOST_PARTS: Final = 64  # of one answer; a card that always announces more is broken


class StatusWord(IntEnum):
    """The status words that this project distinguishes, with the names of ISO/IEC 7816-4 (docs/card.md 4)."""

    OK = 0x9000
    WRONG_LENGTH = 0x6700
    CONDITIONS_NOT_SATISFIED = 0x6985
    FUNCTION_NOT_SUPPORTED = 0x6A81
    FILE_NOT_FOUND = 0x6A82
    INCORRECT_PARAMETERS = 0x6A86  # P1 and P2
    REFERENCED_DATA_NOT_FOUND = 0x6A88
    INSTRUCTION_NOT_SUPPORTED = 0x6D00
    CLASS_NOT_SUPPORTED = 0x6E00
    NO_ANSWER = 0x0000  # ours: fewer bytes than a status word


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
    """The answer of a card; the data are not printed, because they are personal."""

    data: bytes = field(repr=False)
    status: int

    @classmethod
    def parse(cls, answer: bytes) -> Response:
        """Split an answer into data and status word; fewer bytes than a status word are no answer (0000)."""
        if len(answer) < STATUS_BYTES:
            return cls(b"", StatusWord.NO_ANSWER)
        return cls(answer[:-STATUS_BYTES], int.from_bytes(answer[-STATUS_BYTES:], "big"))

    @property
    def is_ok(self) -> bool:
        """Is the status word 9000?"""
        return self.status == StatusWord.OK

    @property
    def status_text(self) -> str:
        """The status word in hexadecimal and, where it is known, its name: 6A82 FILE_NOT_FOUND."""
        number = f"{self.status:04X}"
        return f"{number} {StatusWord(self.status).name}" if self.status in set(StatusWord) else number


def send(transmit: Transmit, command: bytes) -> Response:
    """Send one command and return its whole answer, in whatever parts and lengths the card gives it."""
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
    """The command with the Le byte that the card named; Le is the byte after header and data."""
    body = command[4:]
    is_without_data = len(body) <= 1
    end = 4 if is_without_data else 4 + 1 + body[0]
    return command[:end] + bytes((length,))
