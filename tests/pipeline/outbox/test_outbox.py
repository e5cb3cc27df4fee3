"""Facts about claiming mails: what is due, in which order, and that nobody else gets the same ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from pipeline.errors import MachineUnusable
from pipeline.outbox.queries import messages as outbox
from pipeline.outbox.rules import MessageState
from pipeline.store.engine import Database
from pipeline.store.tables import outbox_message
from pipeline.tasks.mail_delivery import MAIL_KINDS

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KINDS = {kind.name: kind for kind in MAIL_KINDS}


def owe(database: Database, name: str, number: int, *, about_id: int = 1, **values: Any) -> None:
    """So many queued mails of a kind."""
    common = {"kind": name, "priority": KINDS[name].priority, "about_id": about_id, "state": "queued"}
    common |= {"created_at": NOW, "not_before": NOW, "attempts": 0} | values
    rows = [common | {"about_part": row, "recipient": f"{name}{row}@example.com"} for row in range(number)]
    with database.transaction() as connection:
        connection.execute(insert(outbox_message), rows)


def sent(outbox_message_id: int) -> outbox.TryResult:
    return outbox.TryResult(outbox_message_id, MessageState.SENT, NOW, 0, 250, "ok", sent_at=NOW)


def claim(database: Database, now: datetime = NOW, limit: int = 64) -> list[Any]:
    with database.transaction() as connection:
        return outbox.claim(connection, now=now, limit=limit)


def test_a_claim_takes_exactly_its_limit_and_no_mail_twice(database: Database) -> None:
    owe(database, "success", 200)
    claims = [claim(database) for _ in range(5)]
    assert [len(claimed) for claimed in claims] == [64, 64, 64, 8, 0]
    ids = [message.outbox_message_id for claimed in claims for message in claimed]
    assert ids == sorted(set(ids))
    assert {message.attempts for claimed in claims for message in claimed} == {1}


def test_answers_come_before_success_mails_however_long_those_wait(database: Database) -> None:
    owe(database, "success", 3, not_before=NOW - timedelta(days=1))
    owe(database, "answer", 2)
    owe(database, "refusal", 1, about_id=2)
    kinds = [message.kind for message in claim(database, limit=4)]
    assert kinds == ["answer", "answer", "refusal", "success"]


@pytest.mark.parametrize(
    ("values", "is_due"),
    [
        pytest.param({}, True, id="queued"),
        pytest.param({"not_before": NOW + SECOND}, False, id="queued for later"),
        pytest.param({"state": "retry"}, True, id="a retry whose time has come"),
        pytest.param({"state": "retry", "not_before": NOW + SECOND}, False, id="a retry for later"),
        pytest.param({"state": "sending", "lease_until": NOW}, False, id="claimed by somebody"),
        pytest.param({"state": "sending", "lease_until": NOW - SECOND}, True, id="the lease is over"),
        *(
            pytest.param({"state": state}, False, id=state)
            for state in ("sent", "bounced", "failed", "suppressed", "unknown")
        ),
    ],
)
def test_what_is_due(database: Database, values: dict[str, Any], is_due: bool) -> None:
    owe(database, "answer", 1, **values)
    assert bool(claim(database)) is is_due


def test_a_claim_lasts_longer_than_a_servers_slowest_reply(database: Database) -> None:
    owe(database, "answer", 1)
    (message,) = claim(database)
    assert timedelta(minutes=10) < outbox.LEASE
    assert claim(database, now=NOW + outbox.LEASE) == []
    (again,) = claim(database, now=NOW + outbox.LEASE + SECOND)
    assert (again.outbox_message_id, again.attempts) == (message.outbox_message_id, 2)


def test_what_is_given_back_is_due_at_once_and_was_no_try(database: Database) -> None:
    owe(database, "answer", 2)
    tried, untried = claim(database)
    with database.transaction() as connection:
        outbox.record(connection, [sent(tried.outbox_message_id)])
        outbox.give_back(connection, [tried.outbox_message_id, untried.outbox_message_id])
    (again,) = claim(database)
    assert (again.outbox_message_id, again.attempts) == (untried.outbox_message_id, 1)


def test_two_deliverers_claim_at_the_same_time_without_waiting(postgresql_database: Database) -> None:
    owe(postgresql_database, "success", 100)
    with postgresql_database.transaction() as first, postgresql_database.transaction() as second:
        second.execute(text("SET lock_timeout = '1s'"))  # it would fail rather than wait
        one, other = (outbox.claim(each, now=NOW, limit=40) for each in (first, second))
    ids = [{message.outbox_message_id for message in claimed} for claimed in (one, other)]
    assert list(map(len, ids)) == [40, 40]
    assert ids[0].isdisjoint(ids[1])


def test_one_mail_of_a_kind_a_row_and_receiver(database: Database) -> None:
    owe(database, "success", 1)
    with pytest.raises(MachineUnusable, match=r"IntegrityError|UniqueViolation"):
        owe(database, "success", 1)


def test_the_overview_counts_by_kind_and_state(database: Database) -> None:
    owe(database, "success", 3)
    owe(database, "answer", 1, state="retry", not_before=NOW + SECOND)
    with database.reading() as connection:
        found = [tuple(row) for row in outbox.count_by_kind_and_state(connection)]
        assert connection.scalar(select(outbox_message.c.created_at).limit(1)) == NOW
    assert found == [("answer", "retry", 1, NOW, NOW + SECOND), ("success", "queued", 3, NOW, NOW)]


def test_a_claim_finds_the_due_mails_by_their_index_and_never_reads_the_sent_ones(
    sqlite_database: Database,
) -> None:
    with sqlite_database.transaction() as connection:
        seen: list[str] = []
        connection.connection.set_trace_callback(seen.append)  # type: ignore[attr-defined]
        outbox.claim(connection, now=NOW, limit=64)
        connection.connection.set_trace_callback(None)  # type: ignore[attr-defined]
        statement = next(said for said in seen if said.startswith("UPDATE outbox_message"))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
    assert any("ix_outbox_message_due" in str(line) for line in plan), plan


def test_a_retry_leaves_mails_whose_address_is_purged(database: Database) -> None:
    owe(database, "success", 2, state=MessageState.FAILED)
    with database.transaction() as connection:
        first = outbox_message.c.outbox_message_id == 1
        connection.execute(update(outbox_message).where(first).values(recipient=outbox.purged_recipient()))
        assert outbox.is_purged(connection.scalars(select(outbox_message.c.recipient).where(first)).one())
        assert outbox.retry_now(connection, now=NOW) == 1


@pytest.mark.parametrize(
    ("state", "is_tried_again"),
    [
        pytest.param("retry", True, id="waiting"),
        pytest.param("failed", True, id="failed"),
        pytest.param("unknown", True, id="unknown_and_perhaps_doubled_by_it"),
        pytest.param("bounced", False, id="bounced"),
        pytest.param("suppressed", False, id="suppressed"),
        pytest.param("sent", False, id="sent"),
    ],
)
def test_an_operators_retry(database: Database, state: str, is_tried_again: bool) -> None:
    owe(database, "answer", 1, state=state, attempts=17, not_before=NOW + timedelta(hours=4))
    with database.transaction() as connection:
        assert outbox.retry_now(connection, now=NOW) == is_tried_again
    assert [message.attempts for message in claim(database)] == [1] * is_tried_again


def test_a_claim_of_the_urgent_leaves_success_mails_alone(database: Database) -> None:
    owe(database, "success", 3)
    owe(database, "digest", 1)
    owe(database, "reset", 1)
    with database.transaction() as connection:
        claimed = outbox.claim(connection, now=NOW, limit=64, only_urgent=True)
    assert [message.kind for message in claimed] == ["reset", "digest"]


def test_a_bounce_that_overtakes_the_note_that_the_mail_was_sent_stays(database: Database) -> None:
    owe(database, "success", 1)
    (message,) = claim(database)
    with database.transaction() as connection:
        assert outbox.bounce(connection, message.outbox_message_id, text="5.1.1") == message.recipient
        outbox.record(connection, [sent(message.outbox_message_id)])
        assert outbox.bounce(connection, message.outbox_message_id, text="4.4.7") is None
        row = connection.execute(select(outbox_message)).one()
    assert (row.state, row.reply_text, row.sent_at) == ("bounced", "5.1.1", None)


def test_a_suppressed_mail_was_never_tried(database: Database) -> None:
    owe(database, "success", 2)
    first, _ = claim(database)
    with database.transaction() as connection:
        outbox.suppress(connection, {first.outbox_message_id: NOW})
        rows = connection.execute(select(outbox_message).order_by(outbox_message.c.outbox_message_id)).all()
    assert [(row.state, row.attempts, row.lease_until is None) for row in rows] == [
        ("suppressed", 0, True),
        ("sending", 1, False),
    ]
    assert rows[0].reply_text == "suppressed until 2026-11-20 18:00 UTC"


def test_possibly_doubled_are_the_mails_whose_fate_was_unknown_once(database: Database) -> None:
    owe(database, "success", 2)
    owe(database, "answer", 1, state="sent", ambiguous_attempts=2)
    with database.reading() as connection:
        assert outbox.count_possibly_doubled(connection) == 1
