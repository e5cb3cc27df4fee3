"""Collect the mailbox: record every mail once, take in its files, then move it to Processed or Rejected."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pipeline.bulk.collect.collect_files import Collected, count
from pipeline.bulk.collect.record_hand_ins import record_hand_ins
from pipeline.bulk.collect.sort_mail import sort_mail
from pipeline.bulk.intake.hand_in import Submission
from pipeline.bulk.intake.incoming_mail import IncomingMail, SortedMail, read_incoming
from pipeline.bulk.intake.mailbox import ListedMail, Mailbox
from pipeline.bulk.queries import inbound
from pipeline.bulk.queries.inbound import MailPlace, NewMail, Shelf
from pipeline.errors import MachineUnusable, MailboxRefused, ValueRefused, place_of
from pipeline.insured.freshness import require_register
from pipeline.outbox.record_bounces import record_bounce
from pipeline.settings import Settings
from pipeline.store.engine import Connection, Database, Work
from pipeline.store.slices import groups

MAILS_PER_COMMIT: Final = 100
BYTES_PER_COMMIT: Final = 32 * 1024 * 1024
# Base64 and line ends make a file larger by 37 %; text and headers come on top.
WIRE_FACTOR: Final = 1.4
HEADROOM: Final = 256 * 1024
MOST_FAULTS: Final = 5  # a server that refuses one thing after the other is away
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CollectedMail:
    """Counts of one collection of the mailbox; `files` are those handed in by its mails."""

    mails: int = 0
    unanswered: int = 0
    bounces: int = 0
    files: Collected = field(default_factory=Collected)

    def __add__(self, other: CollectedMail) -> CollectedMail:
        return CollectedMail(
            self.mails + other.mails,
            self.unanswered + other.unanswered,
            self.bounces + other.bounces,
            self.files + other.files,
        )


def collect_mail(
    database: Database,
    settings: Settings,
    *,
    now: Callable[[], datetime],
    run_id: int | None = None,
    receipts: bool = False,
) -> CollectedMail:
    """Take in every mail of the mailbox; without a mailbox in the settings there is nothing to do.

    Safe to run twice and in two processes: a mail is recorded before it is moved, and a recorded one is only
    moved. A mail that cannot be read is set aside like one of a stranger; one that meets a fault of ours or
    of the server's stays where it is and is reported at the end; the others go on.

    Raises:
        MachineUnusable: mailbox or database is away, the settings do not fit, or some mails could not be
            taken in or moved; what is recorded stays so.
    """
    url = settings.imap_url.get_secret_value()
    if not url:
        return CollectedMail()
    if not settings.authserv_id:
        raise MachineUnusable("set NHICARD_AUTHSERV_ID: without it no sender could be believed")
    require_register(database)
    total = CollectedMail()
    with Mailbox(url) as mailbox:
        look = _Look(database, settings, mailbox, now, run_id, receipts)
        for some in groups(
            mailbox.listed(),
            weight=lambda mail: 0 if _is_too_large(mail, settings) else mail.size,
            heaviest=BYTES_PER_COMMIT,
            most=MAILS_PER_COMMIT,
        ):
            total += look.collect(some)
    if look.faults:
        raise look.faults[0]
    return total


def _is_too_large(mail: ListedMail, settings: Settings) -> bool:
    return mail.size > settings.mail_max_bytes * WIRE_FACTOR + HEADROOM


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at the mailbox; `faults` are about some mails or a folder, and did not end it."""

    database: Database
    settings: Settings
    mailbox: Mailbox
    now: Callable[[], datetime]
    run_id: int | None
    receipts: bool
    faults: list[MachineUnusable] = field(default_factory=list)

    def collect(self, listed: list[ListedMail]) -> CollectedMail:
        """Record some mails in one transaction, and move them once it is committed; each alone if need be."""
        try:
            fresh, shelves = self._take(listed)
        except Exception as error:
            if not self._is_a_mails(error):
                raise
            if len(listed) > 1:
                return sum((self.collect([mail]) for mail in listed), CollectedMail())
            self._note(listed[0], error)
            return CollectedMail()
        for shelf, mails in shelves.items():
            self._move(shelf, mails)
        return _counted(fresh)

    def _take(self, listed: list[ListedMail]) -> tuple[list[SortedMail], dict[Shelf, dict[int, int]]]:
        """The mails that were new, and what may be moved now: the number of each UID by folder."""
        box, uids = self.mailbox, [mail.uid for mail in listed]
        with self.database.reading() as connection:
            known = inbound.recorded(connection, box.name, box.uidvalidity, uids)
        incoming = list(_fetched(box, [mail for mail in listed if mail.uid not in known], self.settings))
        with self.database.transaction(alone=Work.COLLECT) as connection:
            # Another process may have recorded some of them meanwhile.
            known = inbound.recorded(connection, box.name, box.uidvalidity, uids)
            unknown = [one for one in incoming if one.listed.uid not in known]
            fresh = sort_mail(connection, unknown, self.settings)
            ids = self._record(connection, fresh)
        shelves: dict[Shelf, dict[int, int]] = {"Processed": {}, "Rejected": {}}
        for uid, row in known.items():
            shelves[row.shelf][uid] = row.inbound_mail_id
        for mail, inbound_mail_id in zip(fresh, ids, strict=True):
            shelves[mail.shelf][mail.incoming.listed.uid] = inbound_mail_id
        return fresh, shelves

    def _record(self, connection: Connection, mails: Sequence[SortedMail]) -> list[int]:
        """Record these mails and what they brought; returns their ids."""
        at = self.now()
        box = self.mailbox
        new = [
            _new_mail(mail, MailPlace(box.name, box.uidvalidity, mail.incoming.listed.uid), at)
            for mail in mails
        ]
        ids = inbound.record(connection, new)
        for mail in mails:
            if mail.incoming.bounce is not None:
                record_bounce(connection, self.settings.secret, mail.incoming.bounce, at=at)
        taken = [(mail, number) for mail, number in zip(mails, ids, strict=True) if mail.verdict == "taken"]
        batch_ids = record_hand_ins(
            connection,
            [_submission(mail, number) for mail, number in taken],
            self.settings,
            at=at,
            run_id=self.run_id,
            receipts=self.receipts,
        )
        raws = [(number, mail.incoming.raw) for mail, number in taken if mail.incoming.raw is not None]
        inbound.keep_contents(connection, raws)
        parts = [(mail.incoming.mail_key, *part) for mail, _ in taken for part in mail.parts]
        inbound.record_parts(
            connection, [(*part, batch_id) for part, batch_id in zip(parts, batch_ids, strict=True)]
        )
        return ids

    def _move(self, shelf: Shelf, mails: dict[int, int]) -> None:
        if not mails:
            return
        try:
            self.mailbox.move(list(mails), shelf)
        except MailboxRefused as refused:  # full, perhaps: the mails are recorded, the next look moves them
            if not self.mailbox.goes_on():
                raise
            self.faults.append(refused)
            return
        with self.database.transaction() as connection:
            inbound.mark_moved(connection, list(mails.values()), at=self.now())

    def _is_a_mails(self, error: Exception) -> bool:
        """Would the same happen with other mails? Not when the database or the server is away."""
        if isinstance(error, MailboxRefused):
            return len(self.faults) < MOST_FAULTS and self.mailbox.goes_on()
        return isinstance(error, ValueRefused) or not isinstance(error, MachineUnusable)

    def _note(self, mail: ListedMail, error: Exception) -> None:
        place = str(error) if isinstance(error, MachineUnusable) else place_of(error)
        log.error("the mail with UID %s could not be taken in and stays in the mailbox: %s", mail.uid, place)
        self.faults.append(
            MachineUnusable(f"the mail with UID {mail.uid} could not be taken in and waits: {place}")
        )


def _fetched(mailbox: Mailbox, listed: Sequence[ListedMail], settings: Settings) -> Iterator[IncomingMail]:
    """The mails with what can be read of each, bounces recognised; one that vanished is left out."""
    small = {mail.uid: mail for mail in listed if not _is_too_large(mail, settings)}
    for uid, raw in mailbox.fetch(list(small)):
        yield read_incoming(small[uid], raw, settings, is_whole=True)
    for mail in listed:
        if mail.uid not in small:
            head = mailbox.fetch_head(mail.uid)
            if head:
                yield read_incoming(mail, head, settings, is_whole=False)


def _submission(mail: SortedMail, inbound_mail_id: int) -> Submission:
    read = mail.incoming.mail
    return Submission(
        files=mail.judged,
        inbound_mail_id=inbound_mail_id,
        ignored=read.ignored if read else (),
        left_over=read.left_over if read else (),
    )


def _new_mail(mail: SortedMail, place: MailPlace, at: datetime) -> NewMail:
    one = mail.incoming
    return NewMail(
        place=place,
        message_id=one.mail.message_id if one.mail else "",
        sender=one.sender.address,
        received_at=one.listed.received_at,
        recorded_at=at,
        size=one.listed.size,
        attachments=one.attachments,
        verdict=mail.verdict,
        reason=mail.reason,
        shelf=mail.shelf,
    )


def _counted(mails: Sequence[SortedMail]) -> CollectedMail:
    return CollectedMail(
        mails=len(mails),
        unanswered=sum(mail.verdict == "unanswered" for mail in mails),
        bounces=sum(mail.verdict == "bounce" for mail in mails),
        files=count([file for mail in mails for file in mail.judged]),
    )
