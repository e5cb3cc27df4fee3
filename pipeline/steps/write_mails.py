"""Turn messages of the outbox into mails. The same message gives the same bytes at every try."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from typing import Any

from mailers import letters
from mailers.letters import AnswerLetter, HeldNotice, Links, RefusalLetter, RejectedRow, Warned
from mailers.message import Heading, envelope_address, message_id, one_line, text_file
from mailers.server import Outgoing
from mailers.skeleton import Skeleton
from pipeline.errors import MachineUnusable
from pipeline.model.message import MessageKind
from pipeline.model.outcome import TAIPEI, opening_line, refused_line
from pipeline.model.result_log import STORED
from pipeline.settings import Settings
from pipeline.store import results
from pipeline.store.engine import Database
from validators.faults import WARNINGS, FileRefused


class MailWriter:
    """Writes the mails of claimed messages; the success mail's skeleton is built once.

    Raises:
        MachineUnusable: a setting fits no mail; nobody's address is to blame for it.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._sender_name, sender = parseaddr(settings.mail_from)
        with _setting("NHICARD_MAIL_FROM"):
            self._sender = envelope_address(sender)
            one_line(self._sender_name, "the sender's name")
        with _setting("NHICARD_REPLY_TO"):
            envelope_address(settings.reply_to or self._sender)
        with _setting("NHICARD_PORTAL_URL"):
            self._success = self._success_skeleton()

    def write(self, message: Any, batch: Any) -> Outgoing:
        """The mail of an outbox row about a batch (with its unit's name).

        Raises:
            UnsafeText: the receiver's address cannot be used in a mail.
        """
        return Outgoing(
            message.outbox_message_id, self._sender, message.recipient, self._content(message, batch)
        )

    def _content(self, message: Any, batch: Any) -> bytes:
        heading = self._heading(message)
        match MessageKind(message.kind):
            case MessageKind.SUCCESS:
                return self._success.fill(
                    to=message.recipient,
                    date=heading.date,
                    message_id=heading.message_id,
                    values={"unit_name": _one_line(batch.unit_name or "")},
                )
            case MessageKind.ANSWER:
                with self._database.reading() as connection:
                    log = results.find(connection, batch.batch_id)
                return letters.answer(heading, answer_letter(batch, log)).as_bytes()
            case MessageKind.REFUSAL:
                return letters.refusal(heading, refusal_letter(batch)).as_bytes()
            case MessageKind.HELD_NOTICE:
                return letters.held_notice(heading, held_notice(batch)).as_bytes()

    def _heading(self, message: Any) -> Heading:
        domain = self._sender.rpartition("@")[2]
        return Heading(
            sender=self._sender,
            sender_name=self._sender_name,
            reply_to=self._settings.reply_to,
            to=message.recipient,
            date=message.created_at.astimezone(TAIPEI),
            message_id=message_id(
                self._settings.secret, message.kind, str(message.outbox_message_id), domain=domain
            ),
        )

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


def answer_letter(batch: Any, log: Any) -> AnswerLetter:
    """The answer to a unit, from the batch and its result log."""
    rejected = [
        RejectedRow(int(number), int(line), masked, reason, hint)
        for number, line, masked, result, reason, hint, _ in _table(log.annotated_csv)
        if number and result != STORED
    ]
    total = sum(log.outcomes.values())
    stem = batch.name.rpartition(".")[0]
    return AnswerLetter(
        unit_code=batch.unit_code,
        unit_name=batch.unit_name or "",
        file_name=batch.name,
        received_on=batch.received_on.isoformat(),
        total=total,
        registered=total - len(rejected),
        rejected=rejected,
        log_lines=log.log.splitlines(),
        warnings=[_warned(warning, batch.ignored_columns) for warning in log.warnings],
        attachments=[
            text_file(f"{stem}.log.txt", log.log),
            text_file(f"{stem}.annotated.csv", log.annotated_csv, "text/csv"),
        ],
    )


def refusal_letter(batch: Any) -> RefusalLetter:
    """The refusal of a whole file."""
    refusal = FileRefused(batch.reason, batch.detail)
    return RefusalLetter(
        file_name=batch.name,
        received_on=batch.received_on.isoformat(),
        log_lines=[opening_line(batch.received_at), refused_line(batch.received_at, refusal.message)],
        hint=refusal.hint,
        hint_en=refusal.fault.hint_en,
        unit_code=batch.unit_code,
        unit_name=batch.unit_name or "",
    )


def held_notice(batch: Any) -> HeldNotice:
    """The word to staff about a held file."""
    return HeldNotice(
        batch_id=batch.batch_id,
        unit_code=batch.unit_code,
        unit_name=batch.unit_name or "",
        file_name=batch.name,
        received_on=batch.received_on.isoformat(),
        total=batch.row_count,
        reasons=[batch.detail],
    )


def _warned(warning: dict[str, Any], ignored_columns: list[str]) -> Warned:
    fault = WARNINGS[warning["code"]]
    about = "、".join(ignored_columns) if warning["code"] == "COLUMNS_IGNORED" else ""
    if warning["rows"]:
        shown = "、".join(str(row) for row in warning["rows"][:20])
        about = f"第{shown}筆" + ("等" if len(warning["rows"]) > 20 else "")
    return Warned(fault.message + (f"({about})" if about else ""), fault.hint)


def _table(annotated_csv: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(annotated_csv)))[1:]


@contextmanager
def _setting(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:  # UnsafeText too
        raise MachineUnusable(f"{name} does not fit: {error}") from None


def _one_line(name: str) -> str:
    """A unit's name without line ends and controls, which the register may hold and no mail takes."""
    return "".join(character if character.isprintable() else " " for character in name)
