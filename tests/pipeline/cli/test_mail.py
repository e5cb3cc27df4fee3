"""Facts about `nhicard mail`: what an operator sees of mails that are doubtful, lost or left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from pipeline.store.engine import Database
from pipeline.store.tables import outbox_message, suppression
from tests.pipeline.cli.conftest import Nhicard


def lay_out(var: Path) -> None:
    """A mail in each state, two of them with doubtful tries; an address left alone, and one no longer."""
    now = datetime.now(UTC)
    common = {"kind": "success", "priority": 30, "about_id": 1, "created_at": now, "not_before": now}
    doubts = {"sent": 1, "retry": 0, "unknown": 2, "failed": 0, "suppressed": 0, "bounced": 0}
    states = [{"state": state, "ambiguous_attempts": number} for state, number in doubts.items()]
    mails = [
        common | {"about_part": row, "recipient": f"p{row}@example.com"} | state
        for row, state in enumerate(states)
    ]
    left_alone = [
        {"address_hmac": key, "last_bounce_at": now, "suppressed_until": now + timedelta(days=days)}
        for key, days in (("a", 1), ("b", -1))
    ]
    database = Database(f"sqlite:///{var / 'nhicard.db'}")
    with database.transaction() as connection:
        connection.execute(insert(outbox_message), mails)
        connection.execute(insert(suppression), left_alone)
    database.engine.dispose()


def test_the_status_counts_what_is_doubtful_and_what_is_left_alone(nhicard: Nhicard, ready: Path) -> None:
    lay_out(ready)
    assert nhicard("mail", "status", "--json").json == {
        "paused": False,
        "messages": {
            "success": {"bounced": 1, "failed": 1, "retry": 1, "sent": 1, "suppressed": 1, "unknown": 1}
        },
        "possibly_doubled": 2,
        "suppressed_addresses": 1,
    }
    said = nhicard("mail", "status").out
    assert "Possibly doubled: 2" in said
    assert "mail came back: 1." in said


def test_a_retry_takes_up_failed_and_unknown_mails_and_says_that_these_may_arrive_twice(
    nhicard: Nhicard, ready: Path
) -> None:
    lay_out(ready)
    assert "Mails due now: 3." in nhicard("mail", "retry").out
    messages = nhicard("mail", "status", "--json").json["messages"]
    assert messages == {"success": {"bounced": 1, "retry": 3, "sent": 1, "suppressed": 1}}
    assert "may get it twice" in " ".join(nhicard("mail", "retry", "--help").out.split())
