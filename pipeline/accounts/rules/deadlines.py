"""Until when a person may do what: calendar days in Asia/Taipei, the last day included (rules 3).

A deadline is kept as its last second, 23:59:59; the whole of that second still counts.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from pipeline.clock import TAIPEI, day_of

CONFIRM_DAYS: Final = 5  # seed 001: 5日內未驗證此筆註冊即失效
_LAST_SECOND: Final = time(23, 59, 59)
_A_SECOND: Final = timedelta(seconds=1)


class TokenPurpose(StrEnum):
    """What a one-time link of a mail is for."""

    CONFIRM = "confirm"
    RESET = "reset"
    RELEASE = "release"


LINK_LIVES: Final = {
    TokenPurpose.CONFIRM: timedelta(hours=24),
    TokenPurpose.RESET: timedelta(hours=24),
    TokenPurpose.RELEASE: timedelta(days=3),
}


def confirm_until(applied_at: datetime) -> datetime:
    """The last moment to confirm what was applied for then: five days later, at the end of the day.

    >>> from datetime import UTC
    >>> confirm_until(datetime(2026, 11, 20, 16, 0, tzinfo=UTC)).isoformat()  # the 21st in Taipei
    '2026-11-26T23:59:59+08:00'
    """
    day = day_of(applied_at) + timedelta(days=CONFIRM_DAYS)
    return datetime.combine(day, _LAST_SECOND, tzinfo=TAIPEI)


def newest_over(now: datetime) -> datetime:
    """The newest deadline whose last second is past."""
    return now - _A_SECOND


def is_over(deadline: datetime, *, now: datetime) -> bool:
    """Whether the deadline's last second is past."""
    return deadline <= newest_over(now)


def link_until(purpose: TokenPurpose, *, now: datetime, deadline: datetime | None = None) -> datetime:
    """Until when a link made now works: its own life, and no longer than what it is for."""
    end = now + LINK_LIVES[purpose]
    return end if deadline is None else min(end, deadline)
