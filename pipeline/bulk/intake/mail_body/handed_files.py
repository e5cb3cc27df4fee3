"""The files that a mail hands in: which parts they are, under which names, and which of them are refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from email.message import Message
from typing import Final, NamedTuple

from pipeline.bulk.intake.mail_body import mime
from pipeline.bulk.intake.mail_body.mime import Place
from pipeline.bulk.intake.mail_body.zip_members import is_csv, zip_members
from pipeline.bulk.rules.file_faults import size_refusal
from validators.codes import FileCode
from validators.faults import FileRefused

LONGEST_NAME: Final = 255  # characters; no file system keeps longer ones
LONGEST_PART: Final = 100  # of a name that says which member of a zip it is; longer ones are numbered

_HAND_IN_ENDINGS: Final = (".csv", ".txt", ".xlsx", ".xls", ".ods", ".zip", ".7z", ".rar")
_UNIT_CODE: Final = re.compile(r"[0-9]{9}")
# Parts without a name that mail programs add by themselves.
_NO_HAND_INS: Final = frozenset(
    (
        *("application/ics", "text/calendar"),
        *("application/ms-tnef", "application/vnd.ms-tnef"),
        *("application/pgp-encrypted", "application/pgp-keys", "application/pgp-signature"),
        *("application/pkcs7-mime", "application/pkcs7-signature"),
        *("application/x-pkcs7-mime", "application/x-pkcs7-signature"),
        *("text/enriched", "text/rfc822-headers", "text/richtext", "text/watch-html", "text/x-amp-html"),
    )
)


@dataclass(frozen=True, slots=True)
class HandedFile:
    """A file of the mail: its place in it, its name (empty: illegible), its bytes or why it is refused."""

    part: str
    name: str = field(repr=False)
    content: bytes | None = field(default=None, repr=False)
    refusal: FileRefused | None = None


class _Named(NamedTuple):
    """What a part's headers say of its name; `is_given` also where it cannot be read."""

    name: str
    is_given: bool


class HandedFiles:
    """The hand-ins of one mail, in mail order, as far as the mail may hold them."""

    def __init__(self, max_files: int, max_bytes: int) -> None:
        self.handed: list[HandedFile] = []
        self.ignored: list[str] = []
        self.left_over: list[str] = []
        self._most = max_files
        self._max_bytes = max_bytes
        self._unpacked = 0

    def take(self, place: Place) -> None:
        """Sort one part in: a hand-in, an ignored attachment, or neither."""
        named = _named(place.part)
        if _is_hand_in(place, named):
            if len(self.handed) >= self._most:
                self.left_over.append(named.name)
            else:
                self._hand_in(place, named.name)
        elif place.part.get_content_type() == "message/rfc822":
            self.ignored.append(named.name or "message.eml")
        elif named.name and not _is_shown_inline(place.part):
            self.ignored.append(named.name)

    def _hand_in(self, place: Place, name: str) -> None:
        content = mime.content(place)
        refusal = _refusal(name, content, max_bytes=self._max_bytes)
        if refusal or content is None:
            self.handed.append(HandedFile(place.number, name, refusal=refusal))
        elif name.lower().endswith(".zip"):
            self._unzip(place.number, name, content)
        else:
            self.handed.append(HandedFile(place.number, name, content))

    def _unzip(self, number: str, zip_name: str, content: bytes) -> None:
        try:
            members = zip_members(content, max_bytes=self._max_bytes, unpacked=self._unpacked)
        except FileRefused as refusal:
            self.handed.append(HandedFile(number, zip_name, refusal=refusal))
            return
        for place, member in enumerate(members, 1):
            name = "" if _is_illegible(member.name) else member.name[:LONGEST_NAME]
            if not is_csv(member.name):
                self.ignored.append(f"{zip_name}/{name or '?'}"[: 2 * LONGEST_NAME])
            elif len(self.handed) >= self._most:
                self.left_over.append(name)
            else:
                self._unpacked += len(member.content or b"")
                part = f"{number}/{name if 0 < len(name) <= LONGEST_PART else place}"
                if any(file.part == part for file in self.handed):  # a zip may hold a name twice
                    part = f"{part}#{place}"
                self.handed.append(_member(part, name, member.content, member.refusal))


def _member(part: str, name: str, content: bytes | None, refusal: FileRefused | None) -> HandedFile:
    refusal = _refusal(name, b"") or refusal
    return HandedFile(part, name, None if refusal else content, refusal)


def _refusal(name: str, content: bytes | None, *, max_bytes: int = 0) -> FileRefused | None:
    if not name:
        return FileRefused(FileCode.FILE_NAME, "檔名無法辨識。")
    if content is None:
        return FileRefused(FileCode.FILE_ENCODING, "附件在傳送途中損壞或不完整,請重新附加檔案後再寄一次。")
    return size_refusal(len(content), max_bytes=max_bytes)


def _is_hand_in(place: Place, named: _Named) -> bool:
    """Would the sender expect an answer about this part?"""
    kind = place.part.get_content_type()
    if place.part.get_content_maintype() == "message":
        return False
    if named.name:
        name = unicodedata.normalize("NFKC", named.name).lower()
        return name.endswith(_HAND_IN_ENDINGS) or _UNIT_CODE.match(name) is not None
    if kind in _NO_HAND_INS or place.part.get_content_maintype() == "image":
        return False
    is_body = kind in ("text/plain", "text/html") and not mime.is_attached(place.part)
    return named.is_given or not (is_body or place.is_alternative)


def _named(part: Message) -> _Named:
    """The name by Content-Disposition, else Content-Type: its last path component, blanks around cut off."""
    given = mime.given_names(part)
    legible = (re.split(r"[/\\]", name)[-1].strip() for name in given if not _is_illegible(name))
    return _Named(next(filter(None, legible), "")[:LONGEST_NAME], bool(given))


def _is_illegible(name: str) -> bool:
    """Is it no text, or one that a database refuses: control characters, half of a surrogate pair?"""
    return not name or any(
        character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cs") for character in name
    )


def _is_shown_inline(part: Message) -> bool:
    """A picture that the mail's HTML shows, such as a signature's logo."""
    return part.get_content_maintype() == "image" and "Content-ID" in part
