"""The calendar of the house: every day, deadline and log line is counted in Asia/Taipei.

Points in time are aware and kept in UTC. Only `now` looks at the machine's clock; everywhere else a moment
comes in as an argument.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

TAIPEI: Final = ZoneInfo("Asia/Taipei")


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present calendar day in Taipei."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The calendar day in Taipei on which a moment falls.

    >>> day_of(datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
    datetime.date(2026, 11, 21)
    """
    return moment.astimezone(TAIPEI).date()


def midnight(day: date) -> datetime:
    """The first moment of a day in Taipei.

    >>> midnight(date(2026, 11, 21)).isoformat()
    '2026-11-21T00:00:00+08:00'
    """
    return datetime.combine(day, time(), tzinfo=TAIPEI)


def minute(moment: datetime) -> str:
    """A moment as people read it: to the minute, in Taipei.

    >>> minute(datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC))
    '2026-11-26 23:59'
    """
    return moment.astimezone(TAIPEI).strftime("%Y-%m-%d %H:%M")


def time_of_day(moment: datetime) -> str:
    """HH:MM:SS in Taipei, as every line of a result log begins."""
    return moment.astimezone(TAIPEI).strftime("%H:%M:%S")
