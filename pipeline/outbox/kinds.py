"""What a kind of mail is: how it is stored, when it goes out, and who writes it.

A room registers its kinds beside its own nouns (`pipeline.bulk.letters`, `pipeline.accounts.letters`);
`pipeline.tasks.mail_delivery` assembles them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.outbox.letterhead import Letterhead
from pipeline.outbox.queries.messages import Message
from pipeline.outbox.rules import Priority
from pipeline.store.engine import Database


class Writer(Protocol):
    """Writes the mails of one kind. The same message gives the same bytes at every try."""

    def load(self, messages: Sequence[Message]) -> None:
        """Read what these messages are about; `write` is called for them before the next `load`."""

    def write(self, message: Message) -> bytes:
        """The whole mail.

        Raises:
            UnsafeText: the receiver's address cannot be used in a mail.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKind:
    """One kind of mail. `name` (up to 16 characters) stands in `outbox_message.kind`.

    `has_link`: the payload is a one-time link, which is forgotten once the mail was sent.
    `keeps_payload`: the payload names no person and outlives the recipient's address.
    """

    name: str
    priority: Priority
    writer: Callable[[Letterhead, Database], Writer]
    has_link: bool = False
    keeps_payload: bool = False
