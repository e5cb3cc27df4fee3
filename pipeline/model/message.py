"""The kinds of mail we owe somebody, their order, and their states on the way out."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final


class MessageKind(StrEnum):
    """What a message of the outbox is."""

    CONFIRMATION = "confirmation"
    RESET = "reset"
    RECEIPT = "receipt"
    ANSWER = "answer"
    REFUSAL = "refusal"
    HELD_NOTICE = "held_notice"
    DIGEST = "digest"
    SUCCESS = "success"


# A person waits for a confirmation or a reset; answers to units come before success mails (rules 3).
PRIORITY: Final = {
    MessageKind.CONFIRMATION: 10,
    MessageKind.RESET: 10,
    MessageKind.RECEIPT: 20,
    MessageKind.ANSWER: 20,
    MessageKind.REFUSAL: 20,
    MessageKind.HELD_NOTICE: 20,
    MessageKind.DIGEST: 20,
    MessageKind.SUCCESS: 30,
}


class MessageState(StrEnum):
    """queued -> sending -> sent | retry | bounced | failed | suppressed | unknown; sent -> bounced.

    Bounced: refused for good, at once or by a report later. Failed: put off for 48 hours. Suppressed: not tried,
    the address bounced lately. Unknown: put off for 48 hours, and the last try may have got through.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    BOUNCED = "bounced"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


# States of a mail that did not reach its receiver and will not be tried again.
UNDELIVERED: Final = (
    MessageState.BOUNCED,
    MessageState.FAILED,
    MessageState.SUPPRESSED,
    MessageState.UNKNOWN,
)


GIVE_UP_AFTER: Final = timedelta(hours=48)
_WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=2),
)
_LAST_WAIT: Final = timedelta(hours=4)


def retry_wait(attempts: int, *, jitter: float) -> timedelta:
    """How long to wait after so many attempts; `jitter` in [-1, 1] moves it by up to a fifth.

    >>> retry_wait(1, jitter=0.0)
    datetime.timedelta(seconds=60)
    """
    wait = _WAITS[attempts - 1] if attempts <= len(_WAITS) else _LAST_WAIT
    return wait * (1 + 0.2 * jitter)


def is_given_up(attempts: int, *, age: timedelta) -> bool:
    """Whether a mail put off again is put off for good: after 48 hours and the schedule's growing waits.

    Age alone would not do: mail that waited for us (paused, server away) has not been tried yet.

    >>> is_given_up(1, age=timedelta(hours=72)), is_given_up(17, age=timedelta(hours=49))
    (False, True)
    """
    return age > GIVE_UP_AFTER and attempts > len(_WAITS)
