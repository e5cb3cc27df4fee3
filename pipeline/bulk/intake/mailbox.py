"""Our mailbox on an IMAP server: what lies there, the mails themselves, and the folders they are moved to."""

from __future__ import annotations

import imaplib
import ipaddress
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

import imap_tools

from pipeline.errors import MachineUnusable, MailboxRefused

IMAPS_PORT: Final = 993
IMAP_PORT: Final = 143
LONGEST_HEAD: Final = 256 * 1024
SECONDS: Final = 30.0  # for each answer of the server
# Dovecot takes command lines of 64 KB (imap_max_line_length), RFC 7162 4 asks for 8 KB; a UID has ten digits.
UIDS_A_COMMAND: Final = 500
MOVES: Final = 5  # of the same mails, while other processes move some of them too

_FAULTS: Final = (imaplib.IMAP4.error, imap_tools.ImapToolsError, OSError, ValueError)
_RESPONSE_CODE: Final = re.compile(r"\[([A-Z-]{2,30})[\] ]")
_UID: Final = re.compile(rb"\bUID (\d+)")
_SIZE: Final = re.compile(rb"\bRFC822\.SIZE (\d+)")
_RECEIVED: Final = re.compile(rb'\bINTERNALDATE "([^"]+)"')


@dataclass(frozen=True, slots=True)
class MailboxUrl:
    """Where the mailbox is, taken apart; the password never prints."""

    host: str
    port: int
    is_encrypted: bool
    user: str
    password: str = field(repr=False)
    folder: str


@dataclass(frozen=True, slots=True)
class ListedMail:
    """A mail as the server lists it: bytes as they would be fetched, the moment it reached the mailbox."""

    uid: int
    size: int
    received_at: datetime


def mailbox_url(text: str) -> MailboxUrl:
    """The parts of `imaps://user:password@host[:port]/folder`, each percent-encoded; no folder: INBOX.

    Raises:
        MachineUnusable: it does not fit; the text names the setting and never its value.

    >>> mailbox_url("imaps://in%40nhi.example.com:secret@imap.example.com/INBOX").user
    'in@nhi.example.com'
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        user, password = (unquote(part or "", errors="strict") for part in (parts.username, parts.password))
        folder = unquote(parts.path.removeprefix("/"), errors="strict")
    except ValueError:
        raise _url_refused("is no URL (percent-encode special characters)") from None
    if parts.scheme not in ("imap", "imaps") or not (host and user and password):
        raise _url_refused("must look like imaps://user:password@host/folder")
    if re.search(r"[\x00-\x1f\x7f]", f"{user}{password}{folder}"):
        raise _url_refused("holds a control character")
    is_encrypted = parts.scheme == "imaps"
    if not is_encrypted and not _is_loopback(host):
        raise _url_refused("must begin with imaps:// (imap:// is for a server on this machine only)")
    port = port or (IMAPS_PORT if is_encrypted else IMAP_PORT)
    return MailboxUrl(host, port, is_encrypted, user, password, folder or "INBOX")


def _url_refused(why: str) -> MachineUnusable:
    return MachineUnusable(f"NHICARD_IMAP_URL {why}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Mailbox:
    """One connection to the mailbox, open between `with` and its end; reading marks nothing as seen.

    Every method raises MailboxRefused when the server cannot be reached, is silent for `timeout` seconds or
    says no; the text holds no address, no password and nothing of a mail.
    """

    def __init__(self, url: str, *, timeout: float = SECONDS) -> None:
        self._url: Final = mailbox_url(url)
        self._timeout: Final = timeout
        self.uidvalidity = 0  # known once it is open
        self._box: imap_tools.BaseMailBox

    @property
    def name(self) -> str:
        """Which mailbox this is, without its password."""
        return f"{self._url.user}@{self._url.host}/{self._url.folder}"

    def __enter__(self) -> Self:
        with _faults_while("connect"):
            self._box = self._connected()
        try:
            self._open()
        except MailboxRefused:
            self._drop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            with suppress(*_FAULTS):
                self._box.logout()
        else:  # a silent server would let us wait once more
            self._drop()

    def listed(self) -> list[ListedMail]:
        """Every mail of the folder that is not marked as deleted, by UID."""
        with _faults_while("list"):
            lines = self._fetched("1:*", "(UID RFC822.SIZE INTERNALDATE FLAGS)")
            found = (_listed(line) for line in lines if isinstance(line, bytes))
            return sorted((mail for mail in found if mail), key=lambda mail: mail.uid)

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """UID and bytes of each mail, all with one command; one that is gone is missing."""
        return self._bodies(uids, "BODY.PEEK[]")

    def fetch_head(self, uid: int) -> bytes:
        """The mail's headers, of endless ones the first `LONGEST_HEAD` octets; empty when it is gone."""
        return next((head for _, head in self._bodies([uid], f"BODY.PEEK[HEADER]<0.{LONGEST_HEAD}>")), b"")

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails to a folder, which is made when it is missing; one that is gone is no fault."""
        if uids:
            self.make_folder(folder)
            with _faults_while("move"):
                for _ in range(MOVES):
                    try:
                        self._box.move(list(map(str, uids)), folder, chunks=UIDS_A_COMMAND)
                    except imap_tools.MailboxMoveError as refused:
                        if "EXPUNGEISSUED" not in str(refused):
                            raise
                        self._box.client.noop()  # another process moved some: learn which, and ask again
                    else:
                        return
                raise imap_tools.MailboxMoveError(("NO", [b"[EXPUNGEISSUED]"]), "OK")

    def purge(self, folder: str, before: date) -> int:
        """Delete the folder's mails that reached us before a day (by the server's clock); return how many."""
        if not self.has_folder(folder):
            return 0
        with _faults_while("purge"):
            self._box.folder.set(folder)
            try:
                uids = self._box.uids(imap_tools.AND(date_lt=before), charset=None)
                self._box.delete(uids, chunks=UIDS_A_COMMAND)
                return len(uids)
            finally:
                self._box.folder.set(self._url.folder)

    def goes_on(self) -> bool:
        """Whether UIDs are good for more after the server refused something: it may have hung up on us."""
        try:
            with _faults_while("ask"):
                return bool(self._box.client.noop()[0] == "OK")
        except MailboxRefused:
            self._drop()
        uidvalidity = self.uidvalidity
        try:
            self.__enter__()
        except MailboxRefused:
            return False
        return self.uidvalidity == uidvalidity

    def has_folder(self, folder: str) -> bool:
        """Is there such a folder?"""
        with _faults_while("list folders"):
            return self._box.folder.exists(folder)

    def make_folder(self, folder: str) -> None:
        """Make a folder unless it is there."""
        if not self.has_folder(folder):
            try:
                with _faults_while("make folder"):
                    self._box.folder.create(folder)
            except MailboxRefused:  # another process may have been quicker
                if not self.has_folder(folder):
                    raise

    def _connected(self) -> imap_tools.BaseMailBox:
        host, port = self._url.host, self._url.port
        if not self._url.is_encrypted:
            return imap_tools.MailBoxUnencrypted(host, port, self._timeout)
        trusted = ssl.create_default_context()
        return imap_tools.MailBox(host, port, self._timeout, ssl_context=trusted)

    def _open(self) -> None:
        url, client = self._url, self._box.client
        with _faults_while("sign in"):
            is_plain = url.user.isascii() and url.password.isascii()
            sign_in: Callable[..., Any] = self._box.login if is_plain else self._box.login_utf8
            sign_in(url.user, url.password, initial_folder=None)
            # A server may name its capabilities only after the sign-in; MOVE is seldom named before.
            client.capabilities = tuple(client.capability()[1][-1].decode("ascii").upper().split())
        with _faults_while("open folder"):
            self._box.folder.set(url.folder)
            (self.uidvalidity,) = map(int, client.response("UIDVALIDITY")[1])

    def _drop(self) -> None:
        with suppress(*_FAULTS):
            self._box.client.shutdown()

    def _bodies(self, uids: Sequence[int], part: str) -> Iterator[tuple[int, bytes]]:
        if not uids:
            return
        with _faults_while("fetch"):
            lines = self._fetched(",".join(map(str, uids)), f"(UID {part})")
        for line, behind in zip(lines, [*lines[1:], b""], strict=True):
            if isinstance(line, tuple):  # what stands around a literal: the UID comes before or behind it
                found = _UID.search(line[0]) or _UID.search(behind if isinstance(behind, bytes) else b"")
                if found:
                    yield int(found[1]), line[1]

    def _fetched(self, uids: str, items: str) -> list[Any]:
        status, lines = self._box.client.uid("FETCH", uids, items)
        if status != "OK":
            raise imap_tools.MailboxFetchError((status, lines), "OK")
        return lines


def _listed(line: bytes) -> ListedMail | None:
    """A line of the listing; None for a server's unsolicited data, and for a mail marked as deleted."""
    uid, size, received = _UID.search(line), _SIZE.search(line), _RECEIVED.search(line)
    if not (uid and size and received) or b"\\deleted" in line.lower():
        return None
    moment = parsedate_to_datetime(received[1].decode("ascii").strip())
    return ListedMail(int(uid[1]), int(size[1]), moment if moment.tzinfo else moment.replace(tzinfo=UTC))


@contextmanager
def _faults_while(doing: str) -> Iterator[None]:
    """Turn whatever the connection raises into MailboxRefused; a server's words may repeat an address."""
    try:
        yield
    except _FAULTS as error:
        raise MailboxRefused(f"mailbox, {doing}: {_reason(error)}") from None


def _reason(error: BaseException) -> str:
    kind = type(error).__name__
    if isinstance(error, ssl.SSLError):
        return f"{kind} {error.reason or ''}".strip()
    if isinstance(error, OSError):
        return f"{kind} {error.strerror or ''}".strip()
    code = _RESPONSE_CODE.search(str(error))
    return f"{kind} {code[1]}" if code else kind
