"""Until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.accounts.rules.deadlines import LINK_LIVES, TokenPurpose, confirm_until, is_over, link_until


@pytest.mark.parametrize(
    ("applied", "last"),
    [
        pytest.param("2026-11-20T15:59:59+00:00", "2026-11-25T23:59:59+08:00", id="last second of the 20th"),
        pytest.param("2026-11-20T16:00:00+00:00", "2026-11-26T23:59:59+08:00", id="first of the 21st"),
        pytest.param("2026-12-29T04:00:00+00:00", "2027-01-03T23:59:59+08:00", id="over the year"),
        pytest.param(
            "2028-02-25T04:00:00+00:00", "2028-03-01T23:59:59+08:00", id="over the 29th of February"
        ),
    ],
)
def test_five_calendar_days_in_taipei_the_last_included(applied: str, last: str) -> None:
    assert confirm_until(datetime.fromisoformat(applied)).isoformat() == last


def test_the_last_second_counts_in_full() -> None:
    deadline = datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)
    assert not is_over(deadline, now=deadline + timedelta(microseconds=999_999))
    assert is_over(deadline, now=deadline + timedelta(seconds=1))


@pytest.mark.parametrize("purpose", TokenPurpose)
def test_a_link_lives_its_time_and_no_longer_than_what_it_is_for(purpose: TokenPurpose) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert link_until(purpose, now=now) == now + LINK_LIVES[purpose]
    soon = now + timedelta(hours=1)
    assert link_until(purpose, now=now, deadline=soon) == soon
