"""Turn messages of the outbox into mails. The same message gives the same bytes at every try."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.utils import parseaddr
from typing import Any, assert_never

from mailers import letters
from mailers.letters import ConfirmationLetter, Links, ResetLetter
from mailers.message import Heading, envelope_address, message_id, one_line
from mailers.server import Outgoing
from mailers.skeleton import Skeleton
from pipeline.bulk.letters import letter_contents
from pipeline.bulk.queries import batches, digest, results, undelivered
from pipeline.bulk.queries import letters as stored
from pipeline.bulk.rules.night_time import next_night
from pipeline.clock import TAIPEI, day_of
from pipeline.errors import MachineUnusable
from pipeline.outbox.rules import MessageKind
from pipeline.settings import Settings
from pipeline.store.engine import Database


class MailWriter:
    """Writes the mails of claimed messages; the success mail's skeleton is built once.

    Raises:
        MachineUnusable: a setting fits no mail; nobody's address is to blame for it.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._unit_names: dict[int, str] = {}
        self._batches: dict[int, list[Any]] = {}
        self._sender_name, sender = parseaddr(settings.mail_from)
        with _setting("NHICARD_MAIL_FROM"):
            self._sender = envelope_address(sender)
            one_line(self._sender_name, "the sender's name")
        with _setting("NHICARD_REPLY_TO"):
            envelope_address(settings.reply_to or self._sender)
        with _setting("NHICARD_PORTAL_URL"):
            self._success = self._success_skeleton()

    def read_up(self, messages: Sequence[Any]) -> None:
        """Load what these messages are about, in two queries; `write` them before the next call."""
        of_people = {message.batch_id for message in messages if message.kind == MessageKind.SUCCESS}
        of_units = [message.outbox_message_id for message in messages if message.kind != MessageKind.SUCCESS]
        with self._database.reading() as connection:
            self._unit_names = batches.unit_names(connection, of_people)
            self._batches = stored.batches_of(connection, of_units)

    def write(self, message: Any) -> Outgoing:
        """The mail of an outbox row that `read_up` was told of.

        Raises:
            UnsafeText: the receiver's address cannot be used in a mail.
        """
        return Outgoing(message.outbox_message_id, self._sender, message.recipient, self._content(message))

    def _content(self, message: Any) -> bytes:
        kind = MessageKind(message.kind)
        if kind is MessageKind.SUCCESS:
            return self._success.fill(
                to=message.recipient,
                date=message.created_at.astimezone(TAIPEI),
                message_id=self._message_id(message),
                values={"unit_name": _one_line(self._unit_names.get(message.batch_id, ""))},
            )
        about = self._batches.get(message.outbox_message_id, [])
        heading = self._heading(message, about)
        payload: dict[str, Any] = message.payload or {}
        match kind:
            case MessageKind.CONFIRMATION:
                return letters.confirmation(heading, ConfirmationLetter(**payload)).as_bytes()
            case MessageKind.RESET:
                return letters.reset(heading, ResetLetter(**payload)).as_bytes()
            case MessageKind.RELEASE:
                letter = letter_contents.release_letter(about[0], payload)
                return letters.release(heading, letter).as_bytes()
            case MessageKind.RECEIPT:
                begins_at = next_night(self._settings.nightly_cron, after=message.created_at)
                received = letter_contents.receipt_letter(about, payload, begins_at=begins_at)
                return letters.receipt(heading, received).as_bytes()
            case MessageKind.REFUSAL:
                return letters.refusal(heading, letter_contents.refusal_letter(about, payload)).as_bytes()
            case MessageKind.ANSWER:
                return letters.answer(heading, self._answer(about)).as_bytes()
            case MessageKind.HELD_NOTICE:
                return letters.held_notice(heading, letter_contents.held_notice(about[0])).as_bytes()
            case MessageKind.DIGEST:
                return letters.digest(heading, self._digest(message, payload)).as_bytes()
        assert_never(kind)

    def _answer(self, about: list[Any]) -> letters.AnswerLetter:
        ids = [batch.batch_id for batch in about]
        with self._database.reading() as connection:
            logs = results.of_batches(connection, ids)
            lost = undelivered.told_in(connection, ids)
        return letter_contents.answer_letter(about, logs, lost)

    def _digest(self, message: Any, payload: dict[str, Any]) -> letters.DigestLetter:
        mails = {"after": payload["after_mail"], "up_to": payload["last_mail"]}
        with self._database.reading() as connection:
            return letter_contents.digest_letter(
                day=day_of(message.created_at).isoformat(),
                mails=digest.unanswered_mails(connection, **mails),
                mails_total=digest.count_unanswered(connection, **mails),
                files=digest.untold_refusals(
                    connection, after=payload["after_batch"], up_to=payload["last_batch"]
                ),
                unsent=digest.letters(connection, [number for number, _ in payload["letters"]]),
                states=dict(payload["letters"]),
                held=batches.with_ids(connection, payload["held"]),
            )

    def _heading(self, message: Any, about: list[Any]) -> Heading:
        # A letter about the files of one mail is the answer to that mail.
        answered = {batch.message_id for batch in about if message.kind != MessageKind.HELD_NOTICE}
        return Heading(
            sender=self._sender,
            sender_name=self._sender_name,
            reply_to=self._settings.reply_to,
            to=message.recipient,
            date=message.created_at.astimezone(TAIPEI),
            message_id=self._message_id(message),
            in_reply_to=(answered.pop() or "") if len(answered) == 1 else "",
        )

    def _message_id(self, message: Any) -> str:
        domain = self._sender.rpartition("@")[2]
        parts = (message.kind, str(message.outbox_message_id))
        return message_id(self._settings.secret, *parts, domain=domain)

    def _success_skeleton(self) -> Skeleton:
        portal = self._settings.portal_url.rstrip("/")
        links = Links(
            change_password=f"{portal}/password",
            health_bank=f"{portal}/health-bank",
            own_insurance=f"{portal}/insurance",
        )
        return letters.success_skeleton(
            sender=self._sender,
            sender_name=self._sender_name,
            reply_to=self._settings.reply_to,
            links=links,
        )


@contextmanager
def _setting(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:  # UnsafeText too
        raise MachineUnusable(f"{name} does not fit: {error}") from None


def _one_line(name: str) -> str:
    """A unit's name without line ends and controls, which the register may hold and no mail takes."""
    return "".join(character if character.isprintable() else " " for character in name)
