"""Deliver what is due in the outbox: claim, write, send, record every reply."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any, Final

from mailers.bounces import return_address
from mailers.delivery import deliver_in_groups
from mailers.message import UnsafeText
from mailers.server import Delivered, MailServer, MailServerAway, Outgoing, Verdict
from pipeline.errors import MachineUnusable, place_of
from pipeline.outbox.kinds import MailKind
from pipeline.outbox.queries import messages as outbox
from pipeline.outbox.queries import suppression
from pipeline.outbox.queries.messages import Message
from pipeline.outbox.rules import MessageState, is_given_up, wait_after
from pipeline.outbox.writing import MailWriter
from pipeline.settings import Settings
from pipeline.store.engine import Connection, Database

# Small: what a dying machine has claimed waits for its lease, what is urgent waits for what is claimed.
CLAIM: Final = 64
CLAIM_AT_LEAST: Final = 8
CLAIM_LASTS: Final = timedelta(seconds=2)
# A mail begun later than this after its claim could still be on its way when the lease is over.
BEGIN_WITHIN: Final = outbox.LEASE - timedelta(minutes=10)
_RANDOM: Final = SystemRandom()
log = logging.getLogger(__name__)


@dataclass(slots=True)
class DeliveryCounts:
    """What became of the mails of one delivery; `possibly_doubled`: the server hung up after taking one."""

    sent: int = 0
    retry: int = 0
    bounced: int = 0
    failed: int = 0
    is_paused: bool = False
    suppressed: int = 0
    unknown: int = 0
    possibly_doubled: int = 0


def deliver_due_mail(
    database: Database,
    settings: Settings,
    kinds: Iterable[MailKind],
    *,
    now: Callable[[], datetime],
    only_urgent: bool = False,
) -> DeliveryCounts:
    """Send everything that is due, the most urgent first, and record every reply as it comes.

    `kinds`: who writes each mail. `only_urgent` leaves mail of `Priority.BULK` for later.
    Safe to run twice and in two processes: a message is claimed under a lease.

    Raises:
        MachineUnusable: the mail server or the database is away; unsent mails stay queued.
    """
    with database.reading() as connection:
        if outbox.is_paused(connection):
            return DeliveryCounts(is_paused=True)
    work = _Delivery(database, settings, kinds, now, only_urgent)
    run = _loop_runner()
    try:
        run(work.run())
    except MailServerAway as error:
        raise MachineUnusable(f"mail server: {error}; what is not sent stays queued") from None
    finally:
        work.give_back()
    return work.counts


def mail_server(settings: Settings) -> MailServer:
    """The server that the settings name.

    Raises:
        MachineUnusable: the settings do not fit together.
    """
    try:
        return MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            tls=settings.smtp_tls,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value(),
        )
    except ValueError as error:
        raise MachineUnusable(f"NHICARD_SMTP_*: {error}") from None


class _Delivery:
    def __init__(
        self,
        database: Database,
        settings: Settings,
        kinds: Iterable[MailKind],
        now: Callable[[], datetime],
        only_urgent: bool,
    ) -> None:
        self.counts = DeliveryCounts()
        self._database = database
        self._settings = settings
        self._server = mail_server(settings)
        self._writer = MailWriter(database, settings, kinds)
        self._now = now
        self._only_urgent = only_urgent
        self._claim = CLAIM
        self._claimed: dict[int, Message] = {}

    async def run(self) -> None:
        async for group in deliver_in_groups(
            self._supply(), server=self._server, connections=self._settings.smtp_connections
        ):
            self._record(group)

    def give_back(self) -> None:
        """Unclaim what was not tried."""
        if self._claimed:
            self._let_go(list(self._claimed))

    def _let_go(self, ids: list[int]) -> None:
        with self._database.transaction() as connection:
            outbox.give_back(connection, ids)
        for outbox_message_id in ids:
            del self._claimed[outbox_message_id]

    # --- claiming and writing ---

    def _supply(self) -> Iterator[Outgoing]:
        while True:
            claimed_at = self._now()
            with self._database.transaction() as connection:
                messages = outbox.claim(
                    connection, now=claimed_at, limit=self._claim, only_urgent=self._only_urgent
                )
                to_try = self._without_suppressed(connection, messages, claimed_at)
            if not messages:
                return
            self._claimed |= {message.outbox_message_id: message for message in to_try}
            self._writer.load(to_try)
            for place, message in enumerate(to_try):
                if self._now() - claimed_at > BEGIN_WITHIN:
                    self._let_go([waiting.outbox_message_id for waiting in to_try[place:]])
                    break
                mail = self._mail(message)
                if isinstance(mail, Delivered):
                    self._record([mail])
                else:
                    yield mail
            self._fit_next_claim(self._now() - claimed_at)

    def _without_suppressed(
        self, connection: Connection, messages: list[Message], now: datetime
    ) -> list[Message]:
        """Those to be tried; the others end here. Mail to staff is always tried."""
        keys = {
            message.outbox_message_id: suppression.address_key(self._settings.secret, message.recipient)
            for message in messages
            if message.recipient != self._settings.staff_mail
        }
        until = suppression.suppressed(connection, keys.values(), now=now) if keys else {}
        if not until:
            return messages
        ended = {id: until[key] for id, key in keys.items() if key in until}
        outbox.suppress(connection, ended)
        self.counts.suppressed += len(ended)
        return [message for message in messages if message.outbox_message_id not in ended]

    def _mail(self, message: Message) -> Outgoing | Delivered:
        """The mail of a claimed message, or why it makes none; a fault of ours holds up no other mail."""
        try:
            mail = self._writer.write(message)
        except UnsafeText as error:
            return Delivered(message.outbox_message_id, Verdict.REFUSED, None, str(error))
        except MachineUnusable:
            raise
        except Exception as error:  # mended within 48 hours, the letter still goes out
            log.error("message %s could not be written: %s", message.outbox_message_id, place_of(error))
            reason = f"could not be written: {type(error).__name__}"
            return Delivered(message.outbox_message_id, Verdict.RETRY, None, reason)
        domain = self._settings.bounce_domain
        if not domain:
            return mail
        return replace(mail, sender=return_address(self._settings.secret, mail.id, domain=domain))

    def _fit_next_claim(self, lasted: timedelta) -> None:
        """Fewer at a slow server: a confirmation is not to wait behind a minute's worth of claimed mails."""
        changed = self._claim // 2 if lasted > CLAIM_LASTS else self._claim * 2
        self._claim = min(max(changed, CLAIM_AT_LEAST), CLAIM)

    # --- recording ---

    def _record(self, group: list[Delivered]) -> None:
        """All replies that came in meanwhile in one transaction: a crash doubles what is not in it."""
        now = self._now()
        wrong = [delivered.id for delivered in group if delivered.verdict is Verdict.NO_MAILBOX]
        keys = [suppression.address_key(self._settings.secret, self._claimed[id].recipient) for id in wrong]
        with_link = {one.id for one in group if self._writer.has_link(self._claimed[one.id])}
        results = [self._result(self._claimed.pop(delivered.id), delivered, now) for delivered in group]
        through = [one.outbox_message_id for one in results if one.state is MessageState.SENT]
        with self._database.transaction() as connection:
            outbox.record(connection, results)
            outbox.forget_links(connection, [number for number in through if number in with_link])
            suppression.note_hard(connection, keys, at=now)
        for result in results:
            setattr(self.counts, result.state, getattr(self.counts, result.state) + 1)
        self.counts.possibly_doubled += sum(one.verdict is Verdict.AMBIGUOUS for one in group)

    def _result(self, message: Message, delivered: Delivered, now: datetime) -> outbox.TryResult:
        state = _state(delivered.verdict, message, now)
        wait = timedelta()
        if state is MessageState.RETRY:
            wait = wait_after(message.attempts, reply=delivered.text, jitter=_RANDOM.uniform(-1, 1))
        return outbox.TryResult(
            delivered.id,
            state,
            not_before=now + wait if wait else message.not_before,
            ambiguous_attempts=message.ambiguous_attempts + (delivered.verdict is Verdict.AMBIGUOUS),
            reply_code=delivered.code,
            reply_text=delivered.text,
            sent_at=now if state is MessageState.SENT else None,
        )


def _state(verdict: Verdict, message: Message, now: datetime) -> MessageState:
    if verdict is Verdict.SENT:
        return MessageState.SENT
    if verdict in (Verdict.REFUSED, Verdict.NO_MAILBOX):
        return MessageState.BOUNCED
    if not is_given_up(message.attempts, age=now - message.created_at):
        return MessageState.RETRY
    return MessageState.UNKNOWN if verdict is Verdict.AMBIGUOUS else MessageState.FAILED


def _loop_runner() -> Callable[[Any], Any]:
    try:
        import uvloop
    except ImportError:  # Windows
        return asyncio.run
    return uvloop.run
