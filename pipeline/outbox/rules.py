"""Pure rules of outgoing mail: its order, its states, and when a mail is tried again or given up."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Final


class Priority(IntEnum):
    """The order in which due mail goes out: the lower, the sooner (docs/rules.md 3)."""

    AT_ONCE = 10  # a person waits for it before a screen
    LETTER = 20  # to a unit, or to operators
    BULK = 30  # one of many that a night queues


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
# States in which nothing more happens to a mail.
ENDED: Final = (MessageState.SENT, *UNDELIVERED)


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

    Once the schedule's growing waits are used up, a reply can lengthen the wait and no longer shorten it.

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
