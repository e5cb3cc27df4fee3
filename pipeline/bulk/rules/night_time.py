"""When the next night begins, as the nightly schedule says."""

from __future__ import annotations

from datetime import datetime

from croniter import croniter

from pipeline.clock import TAIPEI


def next_night(cron: str, *, after: datetime) -> str:
    """The first moment of the schedule (Asia/Taipei) behind a point in time, to the minute.

    >>> from datetime import UTC
    >>> next_night("0 2 * * *", after=datetime(2026, 11, 20, 18, 0, tzinfo=UTC))
    '2026-11-22 02:00'
    """
    begins: datetime = croniter(cron, after.astimezone(TAIPEI)).get_next(datetime)
    return begins.strftime("%Y-%m-%d %H:%M")
