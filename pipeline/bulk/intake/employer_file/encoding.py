"""Bytes of an employer's file as UTF-8, whatever Excel wrote; no undecodable byte is guessed."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.bulk.intake.employer_file.row_place import place_after
from validators.codes import FileCode
from validators.faults import FileRefused

Encoding = Literal["utf-8-sig", "utf-8", "cp950", "utf-16"]

_UTF16_BOMS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_END_MARKS: Final = b"\r\n\x1a"  # 0x1A: end of file to DOS programs
# ASCII, Chinese and full-width characters
_CHINESE_UTF8: Final = re.compile(rb"(?:[\x00-\x7f]++|[\xe3-\xe9\xef][\x80-\xbf]{2})*+")
_USER_DEFINED: Final = re.compile(  # CP950's user-defined ranges: docs/rules.md 1
    rb"[\x81-\xa0\xfa-\xfe][\x40-\x7e\xa1-\xfe]|\xc6[\xa1-\xfe]|[\xc7\xc8][\x40-\x7e\xa1-\xfe]"
)
_KEEP_USER_DEFINED: Final = "cp950-user-defined-pairs"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text as UTF-8 without BOM and without trailing line ends, and the encoding it was sent in."""

    encoding: Encoding
    utf8: bytes


def decode(content: bytes) -> Decoded:
    """Decode UTF-16 or UTF-8 by their BOM, else UTF-8, else CP950.

    Raises:
        FileRefused: FILE_ENCODING, with the place of the first byte that cannot be decoded, or of a NUL.
    """
    if content.startswith(_UTF16_BOMS):
        return Decoded("utf-16", _finished(_from_utf16(content)))
    if content.startswith(codecs.BOM_UTF8):
        return Decoded("utf-8-sig", _finished(_proved_utf8(content.removeprefix(codecs.BOM_UTF8))))
    fault = _utf8_fault(content)
    if fault is None:
        return Decoded("utf-8", _finished(content))
    _refuse_nul(content)
    return Decoded("cp950", _finished(_from_cp950(content, fault)))


def _finished(utf8: bytes) -> bytes:
    """The text without line ends and end marks behind it; one with NUL is refused."""
    _refuse_nul(utf8)
    return utf8.rstrip(_END_MARKS)


def _refuse_nul(content: bytes) -> None:
    where = content.find(b"\0")
    if where >= 0:
        before = content[:where].decode("utf-8", "replace")
        raise FileRefused(
            FileCode.FILE_ENCODING, f"{place_after(before)}含有NUL字元,檔案可能已損壞或不是文字檔。"
        )


def _from_utf16(content: bytes) -> bytes:
    try:
        return content.decode("utf-16").encode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-16", "ignore")
        raise FileRefused(FileCode.FILE_ENCODING, f"{place_after(before)}有無法讀取的UTF-16文字。") from None


def _proved_utf8(content: bytes) -> bytes:
    fault = _utf8_fault(content)
    if fault is None:
        return content
    before = content[:fault].decode()
    raise FileRefused(FileCode.FILE_ENCODING, f"{place_after(before)}不是UTF-8文字,與檔案開頭的標記不符。")


def _utf8_fault(content: bytes) -> int | None:
    """The offset of the first byte that is not UTF-8."""
    if content.isascii():
        return None
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None


def _from_cp950(content: bytes, utf8_fault: int) -> bytes:
    """Decode as CP950 what is not UTF-8; the refusal names the place where the better of both stops."""
    try:
        text, readable = content.decode("cp950", _KEEP_USER_DEFINED), len(content)
    except UnicodeDecodeError as error:
        text, readable = "", error.start
    cp950_fault = _first_utf8_line(content[:readable])
    if cp950_fault == len(content):
        return text.encode()
    before = content[: max(utf8_fault, cp950_fault)].decode("cp950", "replace")
    raise FileRefused(
        FileCode.FILE_ENCODING,
        f"{place_after(before)}有無法讀取的文字:既非UTF-8也非Big5,或同一檔案混用兩種編碼。",
    )


def _first_utf8_line(content: bytes) -> int:
    """The offset of the first line of UTF-8 Chinese, which CP950 would read as other Chinese; else the end.

    Other UTF-8 is no sign: the surnames 簡, 羅 and 蘇 in CP950 are two-byte UTF-8 as well.
    """
    offset = 0
    for line in content.splitlines(keepends=True):
        if not line.isascii() and _CHINESE_UTF8.fullmatch(line):
            return offset
        offset += len(line)
    return offset


def _user_defined_pair(error: UnicodeError) -> tuple[str, int]:
    """U+FFFD in place of a pair that only the sender's machine could draw."""
    if isinstance(error, UnicodeDecodeError) and _USER_DEFINED.match(error.object, error.start):
        return "\ufffd", error.start + 2
    raise error


codecs.register_error(_KEEP_USER_DEFINED, _user_defined_pair)  # process-wide, under a name of its own
