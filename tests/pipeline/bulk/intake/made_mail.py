"""Mails made by hand, byte for byte, as the intake may meet them."""

from __future__ import annotations

import base64
import io
import zipfile

from pipeline.bulk.intake.received_mail import ReceivedMail, read_mail

NAME = "11000000120261120.CSV"
ROWS = b"A123456789,hr@example.com,0912345678\r\n"
MIB = 1024 * 1024
HEAD = b"From: hr@example.com\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n"


def read(raw: bytes, *, max_files: int = 10, max_bytes: int = MIB) -> ReceivedMail:
    """The mail as the intake reads it, within small limits."""
    return read_mail(raw, max_files=max_files, max_bytes=max_bytes)


def part_of(headers: bytes, body: bytes = ROWS) -> bytes:
    """One part: its headers without the last line end, and its body."""
    return headers + b"\r\n\r\n" + body


def mixed(*parts: bytes, kind: bytes = b"mixed", end: bytes = b"--b--\r\n") -> bytes:
    """A mail of several parts; without `end` it was cut off on its way."""
    start = HEAD + b"Content-Type: multipart/" + kind + b'; boundary="b"\r\n\r\n'
    return start + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end


def attached(name: str = NAME, body: bytes = ROWS, kind: bytes = b"text/csv") -> bytes:
    """An attachment in base64."""
    encoded = base64.encodebytes(body)
    head = (
        b"Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="%s"'
    )
    return part_of(head % (kind, name.encode()), encoded)


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of names and contents."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def told(mail: ReceivedMail) -> list[tuple[str, str, str]]:
    """Place, name, and the refusal's code or the content's length."""
    return [
        (file.part, file.name, file.refusal.code if file.refusal else str(len(file.content or b"")))
        for file in mail.files
    ]
