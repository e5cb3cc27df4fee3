"""Mails to a person about their own registration, each with a one-time link."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any, Final

from mailers import letters
from mailers.letters import ConfirmationLetter, ResetLetter
from mailers.message import Heading
from pipeline.outbox.kinds import MailKind
from pipeline.outbox.letterhead import Letterhead, PayloadWriter
from pipeline.outbox.rules import Priority
from pipeline.store.engine import Database


def _confirmation(heading: Heading, payload: Mapping[str, Any]) -> EmailMessage:
    return letters.confirmation(heading, ConfirmationLetter(**payload))


def _reset(heading: Heading, payload: Mapping[str, Any]) -> EmailMessage:
    return letters.reset(heading, ResetLetter(**payload))


def _confirmation_writer(letterhead: Letterhead, _database: Database) -> PayloadWriter:
    return PayloadWriter(letterhead, _confirmation)


def _reset_writer(letterhead: Letterhead, _database: Database) -> PayloadWriter:
    return PayloadWriter(letterhead, _reset)


CONFIRMATION = MailKind(
    name="confirmation", priority=Priority.AT_ONCE, writer=_confirmation_writer, has_link=True
)
RESET = MailKind(name="reset", priority=Priority.AT_ONCE, writer=_reset_writer, has_link=True)

ACCOUNT_MAILS: Final = (CONFIRMATION, RESET)
