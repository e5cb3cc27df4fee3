"""What a file under a .CSV name really is, known by its first bytes; no archive is ever unpacked."""

from __future__ import annotations

import re
from typing import Final

from validators.codes import FileCode
from validators.faults import FileRefused

_ZIP_ENCRYPTED_FLAG: Final = 0x01  # APPNOTE.TXT 4.4.4: bit 0 of the flags, which stand at offset 6
_ENCRYPTED_OFFICE: Final = "EncryptedPackage".encode("utf-16-le")  # stream name in [MS-OFFCRYPTO] 2.3.4

_FIRST_BYTES: Final = (
    (b"%PDF-", "這是PDF文件,請改寄原始的試算表。"),
    (b"7z\xbc\xaf\x27\x1c", "這是7z壓縮檔,請先解壓縮,只寄其中的CSV檔。"),
    (b"Rar!\x1a\x07", "這是RAR壓縮檔,請先解壓縮,只寄其中的CSV檔。"),
    (b"\x1f\x8b", "這是gzip壓縮檔,請先解壓縮,只寄其中的CSV檔。"),
    (b"\x89PNG", "這是圖片,請改寄原始的試算表。"),
    (b"\xff\xd8\xff", "這是圖片,請改寄原始的試算表。"),
    (b"{\\rtf", "這是RTF文件,請改寄原始的試算表。"),
)
_MARKUP: Final = re.compile(rb"\s*<(?:!doctype|html|head|body|meta|style|table|div|\?xml|!--)", re.IGNORECASE)


def refuse_other_formats(content: bytes) -> None:
    """Refuse what cannot be a CSV file, saying what it is and what to do.

    Raises:
        FileRefused: FILE_NOT_CSV.
    """
    detail = _other_format(content)
    if detail is not None:
        raise FileRefused(FileCode.FILE_NOT_CSV, detail)


def _other_format(content: bytes) -> str | None:
    """What the file is and what to do (zh-TW), or None where it may be a CSV."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _kind_of_zip(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if _ENCRYPTED_OFFICE in content:
            return "這是有密碼保護的Excel檔,請先移除密碼。"
        return "這是舊版Excel活頁簿(.xls),只改副檔名並不會變成CSV。"
    if _MARKUP.match(content.removeprefix(b"\xef\xbb\xbf")[:1024]):
        return "這是網頁(HTML或XML)格式的檔案。"
    return next((detail for first, detail in _FIRST_BYTES if content.startswith(first)), None)


def _kind_of_zip(content: bytes) -> str:
    """Spreadsheet, document or archive: the member names, which stand in clear, tell them apart."""
    if content[6:7] and content[6] & _ZIP_ENCRYPTED_FLAG:
        return "這是加密的ZIP壓縮檔,請先解壓縮,只寄其中的CSV檔。"
    if b"xl/workbook" in content:
        return "這是Excel活頁簿(.xlsx),只改副檔名並不會變成CSV。"
    if b"application/vnd.oasis.opendocument" in content[:128]:
        return "這是OpenDocument試算表(.ods),只改副檔名並不會變成CSV。"
    if b"[Content_Types].xml" in content:
        return "這是Office文件,只改副檔名並不會變成CSV。"
    return "這是ZIP壓縮檔,請先解壓縮,只寄其中的CSV檔。"
