"""The CSV files inside a mailed zip, unpacked within bounds; nothing is ever written to disk."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pipeline.bulk.rules.file_faults import MIB
from validators.codes import FileCode
from validators.faults import FileRefused

MOST_MEMBERS: Final = 5
# More entries than this are not even listed: a directory of 5 MiB would hold a hundred thousand.
MOST_ENTRIES: Final = 1_000

_ENCRYPTED: Final = 0x01  # APPNOTE.TXT 4.4.4: general purpose bit flag, bit 0
_UTF8_NAME: Final = 0x800  # and bit 11
_ENTRY: Final = b"PK\x01\x02"
_ARCHIVES: Final = (".zip", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst")
_ONE_BY_ONE: Final = "請直接附上CSV檔,或只將CSV檔本身(不含資料夾)壓縮成一個ZIP檔後重送。"
_BROKEN: Final = "這個ZIP壓縮檔已損壞或無法讀取,請重新壓縮,或直接附上CSV檔後重送。"
# What the library raises for bytes that are no zip or lie about themselves.
_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A file of the zip: its name, its bytes or why it is refused. A member that is no CSV has neither."""

    name: str = field(repr=False)
    content: bytes | None = field(default=None, repr=False)
    refusal: FileRefused | None = None


def zip_members(content: bytes, *, max_bytes: int, unpacked: int = 0) -> list[ZipMember]:
    """The zip's files in its own order; at most `max_bytes` are unpacked, with what was `unpacked` before.

    Raises:
        FileRefused: FILE_NOT_CSV for a zip that is broken, encrypted or nested, has folders or too many
            members, or holds no CSV. Sizes and counts in its headers are never believed.
    """
    try:
        with zipfile.ZipFile(_bounded(content)) as archive:
            entries = [entry for entry in archive.infolist() if not _name(entry).startswith("__MACOSX/")]
            _refuse_shape(entries)
            return list(_unpacked(archive, entries, max_bytes=max_bytes, unpacked=unpacked))
    except _FAULTS:
        raise FileRefused(FileCode.FILE_NOT_CSV, _BROKEN) from None


def is_csv(name: str) -> bool:
    """Does the name end like a CSV file's?"""
    return name.lower().endswith(".csv")


def _bounded(content: bytes) -> io.BytesIO:
    if content.count(_ENTRY) > MOST_ENTRIES:
        raise FileRefused(FileCode.FILE_NOT_CSV, _too_many())
    return io.BytesIO(content)


def _too_many() -> str:
    return f"壓縮檔內的檔案超過{MOST_MEMBERS}個。{_ONE_BY_ONE}"


def _refuse_shape(entries: list[zipfile.ZipInfo]) -> None:
    names = [_name(entry) for entry in entries]
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        detail = (
            "這是加密的ZIP壓縮檔,系統無法開啟;請改寄未加密的CSV檔,或洽健保署各分區業務組改以其他方式交件。"
        )
    elif len(entries) > MOST_MEMBERS:
        detail = _too_many()
    elif any(re.search(r"[/\\]|\A\.\.?\Z|\A[A-Za-z]:", name) for name in names):
        detail = f"壓縮檔內含有資料夾。{_ONE_BY_ONE}"
    elif any(name.lower().endswith(_ARCHIVES) for name in names):
        detail = f"壓縮檔內還有壓縮檔。{_ONE_BY_ONE}"
    elif not any(map(is_csv, names)):
        detail = "壓縮檔內沒有CSV檔。"
    else:
        return
    raise FileRefused(FileCode.FILE_NOT_CSV, detail)


def _unpacked(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], *, max_bytes: int, unpacked: int
) -> Iterator[ZipMember]:
    left = max_bytes - unpacked
    for entry in entries:
        name = _name(entry)
        if not is_csv(name):
            yield ZipMember(name)
            continue
        # Other methods than these two are unpacked by the library as a whole, however large it gets.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile
        with archive.open(entry) as file:
            content = file.read(left + 1)
        if len(content) > left:
            detail = f"壓縮檔解開後的檔案合計上限為{max_bytes / MIB:,.1f} MiB。"
            yield ZipMember(name, refusal=FileRefused(FileCode.FILE_TOO_LARGE, detail))
        else:
            left -= len(content)
            yield ZipMember(name, content)


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: without the UTF-8 flag, Windows in Taiwan writes CP950 and macOS UTF-8."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.orig_filename
    written = entry.orig_filename.encode("cp437")  # what the library took it for; every byte has a character
    for encoding in ("utf-8", "cp950"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return written.decode("cp950", "replace")
