"""The kinds of mail we owe somebody, their order, and their states on the way out."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import Final


class MessageKind(StrEnum):
    """What a message of the outbox is."""

    CONFIRMATION = "confirmation"
    RESET = "reset"
    RELEASE = "release"
    RECEIPT = "receipt"
    ANSWER = "answer"
    REFUSAL = "refusal"
    HELD_NOTICE = "held_notice"
    DIGEST = "digest"
    SUCCESS = "success"


# Letters whose payload is a one-time link.
WITH_LINK: Final = (MessageKind.CONFIRMATION, MessageKind.RESET, MessageKind.RELEASE)

# A person waits for a confirmation or a reset; answers to units come before success mails (rules 3).
PRIORITY: Final = {
    MessageKind.CONFIRMATION: 10,
    MessageKind.RESET: 10,
    MessageKind.RELEASE: 20,
    MessageKind.RECEIPT: 20,
    MessageKind.ANSWER: 20,
    MessageKind.REFUSAL: 20,
    MessageKind.HELD_NOTICE: 20,
    MessageKind.DIGEST: 20,
    MessageKind.SUCCESS: 30,
}


class MessageState(StrEnum):
    """queued -> sending -> sent | retry | bounced | failed | suppressed | unknown; sent -> bounced.

    Bounced: refused for good, at once or by a report later. Failed: put off for 48 hours. Suppressed: not
    tried, the address bounced lately. Unknown: put off for 48 hours, and the last try may have got through.
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
# "Greylisted, try again in 300 seconds": servers count with different clocks, so a little later.
_ASKED: Final = re.compile(r"\b(\d{1,6})\s*(?:(s|secs?|seconds?)|(?:m|mins?|minutes?))\b", re.IGNORECASE)
_LITTLE_LATER: Final = timedelta(seconds=10)


def retry_wait(attempts: int, *, jitter: float) -> timedelta:
    """How long to wait after so many attempts; `jitter` in [-1, 1] moves it by up to a fifth.

    >>> retry_wait(1, jitter=0.0)
    datetime.timedelta(seconds=60)
    """
    wait = _WAITS[attempts - 1] if attempts <= len(_WAITS) else _LAST_WAIT
    return wait * (1 + 0.2 * jitter)


def asked_wait(reply: str) -> timedelta | None:
    """How long a server's reply asks to wait, ten seconds added, at most 4 hours; None: it names no time.

    >>> asked_wait("450 4.2.0 Greylisted, try again in 5 minutes").total_seconds()
    310.0
    """
    found = _ASKED.search(reply)
    if found is None:
        return None
    asked = timedelta(seconds=int(found[1])) if found[2] else timedelta(minutes=int(found[1]))
    return min(asked + _LITTLE_LATER, _LAST_WAIT)


def wait_after(attempts: int, *, reply: str, jitter: float) -> timedelta:
    """How long a mail that was put off waits: as the reply asks, else by the schedule.

    Who still asks for patience when the schedule's growing waits are over is tried no oftener than anybody.

    >>> wait_after(1, reply="in 90 s", jitter=0.0).seconds, wait_after(9, reply="in 90 s", jitter=0.0).seconds
    (100, 14400)
    """
    planned = retry_wait(attempts, jitter=jitter)
    asked = asked_wait(reply)
    if asked is None:
        return planned
    return asked if attempts <= len(_WAITS) else max(asked, planned)


def is_given_up(attempts: int, *, age: timedelta) -> bool:
    """Whether a mail put off again is put off for good: after 48 hours and the schedule's growing waits.

    Age alone would not do: mail that waited for us (paused, server away) has not been tried yet.

    >>> is_given_up(1, age=timedelta(hours=72)), is_given_up(17, age=timedelta(hours=49))
    (False, True)
    """
    return age > GIVE_UP_AFTER and attempts > len(_WAITS)
