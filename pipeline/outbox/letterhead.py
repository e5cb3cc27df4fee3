"""What stands above every mail of ours, from the settings: sender, reply address, Message-ID, links."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from mailers.message import Heading, envelope_address, message_id, one_line
from pipeline.clock import TAIPEI
from pipeline.errors import MachineUnusable
from pipeline.outbox.queries.messages import Message
from pipeline.settings import Settings


class Letterhead:
    """The sender's side of a mail.

    Raises:
        MachineUnusable: a setting fits no mail; the receiver's address is not to blame for it.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sender_name, address = parseaddr(settings.mail_from)
        with setting_named("NHICARD_MAIL_FROM"):
            self.sender = envelope_address(address)
            one_line(self.sender_name, "the sender's name")
        with setting_named("NHICARD_REPLY_TO"):
            self.reply_to = envelope_address(settings.reply_to or self.sender)

    def heading(self, message: Message, *, in_reply_to: str = "") -> Heading:
        """The heading of a message's mail; `in_reply_to` is the Message-ID of the mail that it answers."""
        return Heading(
            sender=self.sender,
            sender_name=self.sender_name,
            reply_to=self.settings.reply_to,
            to=message.recipient,
            date=message.created_at.astimezone(TAIPEI),
            message_id=self.message_id(message),
            in_reply_to=in_reply_to,
        )

    def message_id(self, message: Message) -> str:
        """The Message-ID of a message, the same at every try."""
        parts = (message.kind, str(message.outbox_message_id))
        return message_id(self.settings.secret, *parts, domain=self.sender.rpartition("@")[2])


class PayloadWriter:
    """Writes a mail from its payload alone."""

    def __init__(
        self, letterhead: Letterhead, compose: Callable[[Heading, Mapping[str, Any]], EmailMessage]
    ) -> None:
        self._letterhead = letterhead
        self._compose = compose

    def load(self, messages: Sequence[Message]) -> None:
        """Everything stands in the payload."""

    def write(self, message: Message) -> bytes:
        return self._compose(self._letterhead.heading(message), message.payload or {}).as_bytes()


@contextmanager
def setting_named(name: str) -> Iterator[None]:
    """Blame a setting for a text that no mail takes.

    Raises:
        MachineUnusable: naming the setting, never its value.
    """
    try:
        yield
    except ValueError as error:  # UnsafeText too
        raise MachineUnusable(f"{name} does not fit: {error}") from None
