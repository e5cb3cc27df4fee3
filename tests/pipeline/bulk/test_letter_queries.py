"""Facts about what intake and letters ask of the outbox again and again: it is never read as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from pipeline.bulk.queries import digest, undelivered
from pipeline.outbox.queries import messages
from pipeline.store.engine import Database
from tests.journey.office import CONTACT, NOW

LETTERS, TOLD = "ix_outbox_message_letters", "ix_outbox_message_reported"
QUERIES = {
    "what an answer tells of earlier mails": lambda connection: undelivered.reported_in(connection, [1]),
    "the newest digest": lambda connection: digest.latest(connection, "digest"),
    "letters that did not arrive": lambda connection: digest.take_undelivered_letters(
        connection, ["answer"], at=NOW
    ),
    "the day's refusals": lambda connection: messages.count_queued(
        connection, "refusal", [CONTACT], since=NOW
    ),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_it_is_found_by_an_index(sqlite_database: Database, query: Callable[[Connection], Any]) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(
        sqlite_database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, values, *_: asked.append((statement, values)),
    )
    with sqlite_database.transaction() as connection:
        query(connection)
        statement, values = next(one for one in asked if "SELECT" in one[0])
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    told = " ".join(str(step[-1]) for step in plan)
    assert f"USING INDEX {LETTERS}" in told or f"USING INDEX {TOLD}" in told
