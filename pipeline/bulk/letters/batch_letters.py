"""What all letters about batches share: how they are loaded and headed, and words for warnings and losses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from email.message import EmailMessage
from typing import Any, Final

from mailers.letters.rendering import unlinked
from mailers.letters.units import Warned
from mailers.message import Heading
from pipeline.bulk.queries import letters
from pipeline.bulk.queries.letters import LetterBatch
from pipeline.outbox.letterhead import Letterhead
from pipeline.outbox.queries.messages import Message
from pipeline.store.engine import Database
from validators.codes import WarningCode
from validators.faults import WARNINGS

MOST_NUMBERS_SHOWN: Final = 20  # of rows that a warning is about
WHY_UNDELIVERED: Final = {
    "bounced": (
        "收件伺服器退回，信箱可能不存在。",
        "The receiving server returned it: the address may be wrong.",
    ),
    "failed": ("48小時內重試多次仍未送達。", "It was not accepted within 48 hours."),
    "suppressed": ("此信箱近日曾被退信，暫停寄送。", "It was not sent: mail to this address bounced lately."),
    "unknown": ("48小時內未得到收件伺服器確認。", "Within 48 hours no server confirmed that it arrived."),
}
Compose = Callable[[Heading, Message, Sequence[LetterBatch]], EmailMessage]


class BatchLetterWriter:
    """Writes letters about batches; one about the files of a single mail is the answer to that mail."""

    def __init__(
        self, letterhead: Letterhead, database: Database, compose: Compose, *, is_answer: bool = True
    ) -> None:
        self._letterhead = letterhead
        self._database = database
        self._compose = compose
        self._is_answer = is_answer
        self._batches: Mapping[int, list[LetterBatch]] = {}

    def load(self, messages: Sequence[Message]) -> None:
        """Read the batches of these letters, in one query."""
        with self._database.reading() as connection:
            ids = [message.outbox_message_id for message in messages]
            self._batches = letters.batches_of(connection, ids)

    def write(self, message: Message) -> bytes:
        """The whole letter."""
        about = self._batches.get(message.outbox_message_id, [])
        answered = {batch.message_id for batch in about} if self._is_answer else set()
        in_reply_to = answered.pop() if len(answered) == 1 else ""
        heading = self._letterhead.heading(message, in_reply_to=in_reply_to)
        return self._compose(heading, message, about).as_bytes()


def file_stem(batch: LetterBatch) -> str:
    """The file's name without its extension."""
    return batch.name.rpartition(".")[0]


def warned(warnings: Iterable[Mapping[str, Any]], ignored_columns: Sequence[str]) -> list[Warned]:
    """Warnings (dicts of code and rows) in words."""
    return [_one_warned(warning, ignored_columns) for warning in warnings]


def _one_warned(warning: Mapping[str, Any], ignored_columns: Sequence[str]) -> Warned:
    fault = WARNINGS[warning["code"]]
    about = unlinked("、".join(ignored_columns)) if warning["code"] == WarningCode.COLUMNS_IGNORED else ""
    if warning["rows"]:
        shown = "、".join(str(row) for row in warning["rows"][:MOST_NUMBERS_SHOWN])
        about = f"第{shown}筆" + ("等" if len(warning["rows"]) > MOST_NUMBERS_SHOWN else "")
    return Warned(fault.message + (f"({about})" if about else ""), fault.hint)
