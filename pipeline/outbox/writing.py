"""Messages of the outbox become mails: each is written by the writer of its kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from mailers.server import Outgoing
from pipeline.errors import MachineUnusable
from pipeline.outbox.kinds import MailKind
from pipeline.outbox.letterhead import Letterhead
from pipeline.outbox.queries.messages import Message
from pipeline.settings import Settings
from pipeline.store.engine import Database


class MailWriter:
    """Writes the mails of claimed messages; each kind's writer is made once.

    Raises:
        MachineUnusable: a setting fits no mail.
    """

    def __init__(self, database: Database, settings: Settings, kinds: Iterable[MailKind]) -> None:
        self._letterhead = Letterhead(settings)
        self._kinds = {kind.name: kind for kind in kinds}
        self._writers = {name: kind.writer(self._letterhead, database) for name, kind in self._kinds.items()}
        self._not_loaded: dict[str, Exception] = {}

    def load(self, messages: Sequence[Message]) -> None:
        """Read what these messages are about, with a few queries a kind; `write` them before the next call.

        Raises:
            MachineUnusable: the database is away. Any other fault is raised by `write`, for its kind alone.
        """
        self._not_loaded.clear()
        by_kind: dict[str, list[Message]] = defaultdict(list)
        for message in messages:
            by_kind[message.kind].append(message)
        for name, some in by_kind.items():
            try:
                self._writers[name].load(some)
            except MachineUnusable:
                raise
            except Exception as error:
                self._not_loaded[name] = error

    def write(self, message: Message) -> Outgoing:
        """The mail of a message that was loaded.

        Raises:
            UnsafeText: the receiver's address cannot be used in a mail.
        """
        if message.kind in self._not_loaded:
            raise self._not_loaded[message.kind]
        content = self._writers[message.kind].write(message)
        return Outgoing(message.outbox_message_id, self._letterhead.sender, message.recipient, content)

    def has_link(self, message: Message) -> bool:
        """Whether the message's payload is a one-time link."""
        kind = self._kinds.get(message.kind)  # None: a kind of a newer release
        return kind is not None and kind.has_link
