"""Mails that came in: each seen once, and where it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from pipeline.store.slices import slices
from pipeline.store.tables import inbound_content, inbound_mail, mail_part

Shelf = Literal["Processed", "Rejected"]
MailVerdict = Literal["taken", "bounce", "known", "unanswered"]


@dataclass(frozen=True, slots=True)
class MailPlace:
    """What IMAP knows a mail by; a UID means something only with its folder's UIDVALIDITY."""

    mailbox: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A mail about to be recorded. `sender` is the address in From, believed or not; `reason` a code."""

    place: MailPlace
    message_id: str = field(repr=False)
    sender: str = field(repr=False)
    received_at: datetime
    recorded_at: datetime
    size: int
    attachments: int
    verdict: MailVerdict
    reason: str
    shelf: Shelf


@dataclass(frozen=True, slots=True)
class RecordedMail:
    """A mail that was recorded, and the folder where it belongs."""

    inbound_mail_id: int
    shelf: Shelf


def recorded(
    connection: Connection, mailbox: str, uidvalidity: int, uids: Sequence[int]
) -> dict[int, RecordedMail]:
    """Those of the mails that are recorded already, by UID."""
    found: dict[int, RecordedMail] = {}
    for some in slices(uids):
        query = select(inbound_mail.c.uid, inbound_mail.c.inbound_mail_id, inbound_mail.c.shelf).where(
            inbound_mail.c.mailbox == mailbox,
            inbound_mail.c.uidvalidity == uidvalidity,
            inbound_mail.c.uid.in_(some),
        )
        found.update(
            (row.uid, RecordedMail(row.inbound_mail_id, row.shelf)) for row in connection.execute(query)
        )
    return found


def known_parts(connection: Connection, mail_keys: Iterable[str]) -> set[tuple[str, str, str]]:
    """(mail key, part, SHA-256) of every file already handed in by these mails."""
    found: set[tuple[str, str, str]] = set()
    for some in slices(sorted(set(mail_keys))):
        query = select(mail_part.c.mail_key, mail_part.c.part, mail_part.c.sha256)
        found.update(tuple(row) for row in connection.execute(query.where(mail_part.c.mail_key.in_(some))))
    return found


def record(connection: Connection, mails: Sequence[NewMail]) -> list[int]:
    """Record mails; return their ids in the same order."""
    if not mails:
        return []
    values = [_columns(mail) for mail in mails]
    recording = insert(inbound_mail).returning(inbound_mail.c.inbound_mail_id, sort_by_parameter_order=True)
    return [int(inbound_mail_id) for inbound_mail_id in connection.scalars(recording, values)]


def _columns(mail: NewMail) -> dict[str, Any]:
    columns = asdict(mail)
    place: dict[str, Any] = columns.pop("place")
    return columns | place


def keep_contents(connection: Connection, contents: Sequence[tuple[int, bytes]]) -> None:
    """Keep the raw bytes of mails that handed in files."""
    if contents:
        values = [{"inbound_mail_id": mail_id, "content": content} for mail_id, content in contents]
        connection.execute(insert(inbound_content), values)


def record_parts(connection: Connection, parts: Sequence[tuple[str, str, str, int]]) -> None:
    """Note which file of which mail became which batch: (mail key, part, SHA-256, batch_id)."""
    if parts:
        values = [
            {"mail_key": key, "part": part, "sha256": sha256, "batch_id": batch_id}
            for key, part, sha256, batch_id in parts
        ]
        connection.execute(insert(mail_part), values)


def mark_moved(connection: Connection, inbound_mail_ids: Sequence[int], *, at: datetime) -> None:
    """These mails lie on their shelf."""
    for some in slices(inbound_mail_ids):
        connection.execute(
            update(inbound_mail).where(inbound_mail.c.inbound_mail_id.in_(some)).values(moved_at=at)
        )
