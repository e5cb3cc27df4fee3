"""The success mail to each person whom a file registered: built once as a skeleton, filled per person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailers import letters
from mailers.letters import Links
from mailers.skeleton import Skeleton
from pipeline.bulk.queries import batches
from pipeline.clock import TAIPEI
from pipeline.outbox.kinds import MailKind
from pipeline.outbox.letterhead import Letterhead, setting_named
from pipeline.outbox.queries.messages import Message
from pipeline.outbox.rules import Priority
from pipeline.store.engine import Database


class SuccessWriter:
    """Fills the success mail's skeleton; a message is about (batch, row).

    Raises:
        MachineUnusable: the portal's address in the settings fits no mail.
    """

    def __init__(self, letterhead: Letterhead, database: Database) -> None:
        self._letterhead = letterhead
        self._database = database
        self._unit_names: Mapping[int, str] = {}
        with setting_named("NHICARD_PORTAL_URL"):
            self._skeleton = _skeleton(letterhead)

    def load(self, messages: Sequence[Message]) -> None:
        """Read the names of these batches' units, in one query."""
        with self._database.reading() as connection:
            ids = {message.about_id for message in messages if message.about_id is not None}
            self._unit_names = batches.unit_names(connection, ids)

    def write(self, message: Message) -> bytes:
        """One person's mail."""
        return self._skeleton.fill(
            to=message.recipient,
            date=message.created_at.astimezone(TAIPEI),
            message_id=self._letterhead.message_id(message),
            values={"unit_name": _one_line(self._unit_names.get(message.about_id or 0, ""))},
        )


def _skeleton(letterhead: Letterhead) -> Skeleton:
    portal_link = letterhead.settings.portal_link
    return letters.success_skeleton(
        sender=letterhead.sender,
        sender_name=letterhead.sender_name,
        reply_to=letterhead.settings.reply_to,
        links=Links(
            change_password=portal_link("password"),
            health_bank=portal_link("health-bank"),
            own_insurance=portal_link("insurance"),
        ),
    )


def _one_line(name: str) -> str:
    """A unit's name without line ends and controls, which the register may hold and no mail takes."""
    return "".join(character if character.isprintable() else " " for character in name)


SUCCESS = MailKind(name="success", priority=Priority.BULK, writer=SuccessWriter)
