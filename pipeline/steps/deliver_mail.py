"""Deliver what is due in the outbox: claim, write, send, record each reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any, Final

from mailers.delivery import deliver
from mailers.message import UnsafeText
from mailers.server import Delivered, MailServer, MailServerAway, Outgoing, Verdict
from pipeline.errors import MachineUnusable
from pipeline.model.message import MessageState, is_given_up, retry_wait
from pipeline.settings import Settings
from pipeline.steps.write_mails import MailWriter
from pipeline.store import batches, outbox
from pipeline.store.engine import Database

CLAIM: Final = 64  # small: what is claimed when a machine dies waits for its lease
# A mail begun later than this after its claim could still be on its way when the lease is over.
BEGIN_WITHIN: Final = outbox.LEASE - timedelta(minutes=10)
_RANDOM: Final = SystemRandom()


@dataclass(slots=True)
class DeliveryCounts:
    """What became of the mails of one delivery."""

    sent: int = 0
    retry: int = 0
    bounced: int = 0
    failed: int = 0
    is_paused: bool = False


def deliver_due_mail(
    database: Database, settings: Settings, *, now: Callable[[], datetime]
) -> DeliveryCounts:
    """Send everything that is due, the most urgent first, and record every reply as it comes.

    Safe to run twice and in two processes: a message is claimed under a lease.

    Raises:
        MachineUnusable: the mail server or the database is away; unsent mails stay queued.
    """
    with database.reading() as connection:
        if outbox.is_paused(connection):
            return DeliveryCounts(is_paused=True)
    work = _Delivery(database, settings, now)
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
    def __init__(self, database: Database, settings: Settings, now: Callable[[], datetime]) -> None:
        self.counts = DeliveryCounts()
        self._database = database
        self._settings = settings
        self._server = mail_server(settings)
        self._writer = MailWriter(database, settings)
        self._now = now
        self._claimed: dict[int, Any] = {}

    async def run(self) -> None:
        async for delivered in deliver(
            self._supply(), server=self._server, connections=self._settings.smtp_connections
        ):
            self._record(delivered)

    def give_back(self) -> None:
        """Unclaim what was not tried."""
        if self._claimed:
            self._let_go(list(self._claimed.values()))

    def _let_go(self, messages: list[Any]) -> None:
        ids = [message.outbox_message_id for message in messages]
        with self._database.transaction() as connection:
            outbox.give_back(connection, ids)
        for outbox_message_id in ids:
            del self._claimed[outbox_message_id]

    def _supply(self) -> Iterator[Outgoing]:
        while True:
            claimed_at = self._now()
            with self._database.transaction() as connection:
                messages = outbox.claim(connection, now=claimed_at, limit=CLAIM)
                about = batches.with_unit_names(connection, {message.batch_id for message in messages})
            if not messages:
                return
            self._claimed |= {message.outbox_message_id: message for message in messages}
            for place, message in enumerate(messages):
                if self._now() - claimed_at > BEGIN_WITHIN:
                    self._let_go(messages[place:])
                    break
                try:
                    yield self._writer.write(message, about[message.batch_id])
                except UnsafeText as error:
                    self._record(Delivered(message.outbox_message_id, Verdict.REFUSED, None, str(error)))

    def _record(self, delivered: Delivered) -> None:
        message = self._claimed.pop(delivered.id)
        now = self._now()
        state = self._state(delivered.verdict, message, now)
        moments: dict[str, datetime] = {}
        if state is MessageState.SENT:
            moments["sent_at"] = now
        elif state is MessageState.RETRY:
            moments["not_before"] = now + retry_wait(message.attempts, jitter=_RANDOM.uniform(-1, 1))
        with self._database.transaction() as connection:
            outbox.record(
                connection, delivered.id, state, code=delivered.code, text=delivered.text, **moments
            )
        setattr(self.counts, state, getattr(self.counts, state) + 1)

    def _state(self, verdict: Verdict, message: Any, now: datetime) -> MessageState:
        if verdict is Verdict.SENT:
            return MessageState.SENT
        if verdict is Verdict.REFUSED:
            return MessageState.BOUNCED
        hopeless = is_given_up(message.attempts, age=now - message.created_at)
        return MessageState.FAILED if hopeless else MessageState.RETRY


def _loop_runner() -> Callable[[Any], Any]:
    try:
        import uvloop
    except ImportError:  # Windows
        return asyncio.run
    return uvloop.run
