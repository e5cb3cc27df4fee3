"""Facts about the register's SQL, each on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from sqlalchemy import Connection, func, insert, select

from pipeline.store import register
from pipeline.store.engine import Database
from pipeline.store.register import LINE_NUMBER
from pipeline.store.tables import contact, coverage, unit

TODAY = date(2026, 11, 21)


def periods(*lines: tuple[str, date, date | None]) -> pa.RecordBatch:
    """Typed lines of coverage (person, start, end) at one unit, numbered from 2."""
    return pa.RecordBatch.from_pydict(
        {
            LINE_NUMBER: pa.array(range(2, len(lines) + 2), pa.int64()),
            "unit_code": ["110000001"] * len(lines),
            "national_id": [line[0] for line in lines],
            "relation": ["insured"] * len(lines),
            "start_date": pa.array([line[1] for line in lines], pa.date32()),
            "end_date": pa.array([line[2] for line in lines], pa.date32()),
        }
    )


def receive(connection: Connection, *lines: tuple[str, date, date | None]) -> None:
    register.open_incoming(connection)
    register.receive(connection, coverage, periods(*lines))
    register.all_received(connection, coverage)


NEW_YEAR = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("lines", "dropped", "double_key"),
    [
        pytest.param([("A", NEW_YEAR, None)], 0, None, id="one line"),
        pytest.param([("A", NEW_YEAR, None), ("A", TODAY, None)], 0, None, id="two periods"),
        pytest.param([("A", NEW_YEAR, None), ("A", NEW_YEAR, None)], 1, None, id="a double line, open end"),
        pytest.param([("A", NEW_YEAR, TODAY)] * 3, 2, None, id="three times the same"),
        pytest.param([("A", NEW_YEAR, None), ("A", NEW_YEAR, TODAY)], 0, 3, id="one key, two ends"),
        pytest.param(
            [("A", NEW_YEAR, None), ("A", NEW_YEAR, None), ("A", NEW_YEAR, TODAY)], 1, 4, id="both at once"
        ),
    ],
)
def test_double_lines_are_dropped_and_double_keys_found(
    database: Database, lines: list[tuple[str, date, date | None]], dropped: int, double_key: int | None
) -> None:
    with database.transaction() as connection:
        receive(connection, *lines)
        assert register.drop_double_lines(connection, coverage) == dropped
        assert register.first_double_key(connection, coverage) == double_key


def test_only_what_differs_is_written(database: Database) -> None:
    with database.transaction() as connection:
        receive(connection, ("A", NEW_YEAR, None), ("B", NEW_YEAR, None), ("C", NEW_YEAR, None))
        first = register.put_in_place(connection, coverage, today=TODAY)
        receive(connection, ("A", NEW_YEAR, None), ("B", NEW_YEAR, TODAY), ("D", NEW_YEAR, None))
        second = register.put_in_place(connection, coverage, today=TODAY)
        ends = {row.national_id: row.end_date for row in connection.execute(select(coverage))}
    assert first == register.TableChange(before=0, after=3, joined=3, left=0, changed=0)
    assert second == register.TableChange(before=3, after=3, joined=1, left=1, changed=1)
    assert ends == {"A": None, "B": TODAY, "D": None}


def test_an_end_that_is_taken_back_is_a_change(database: Database) -> None:
    with database.transaction() as connection:
        for end in (TODAY, None):
            receive(connection, ("A", NEW_YEAR, end))
            change = register.put_in_place(connection, coverage, today=TODAY)
        assert change.changed == 1
        assert connection.scalar(select(coverage.c.end_date)) is None


def test_a_contact_that_left_and_came_back_is_new(database: Database) -> None:
    days = [date(2026, 1, day) for day in (1, 2, 3)]
    with database.transaction() as connection:
        for day, emails in zip(days, (["a@example.com"], [], ["a@example.com"]), strict=True):
            register.open_incoming(connection)
            lines = {
                LINE_NUMBER: [2] * len(emails),
                "unit_code": ["110000001"] * len(emails),
                "email": emails,
            }
            register.receive(connection, contact, pa.RecordBatch.from_pydict(lines))
            register.put_in_place(connection, contact, today=day)
        assert connection.scalars(select(contact.c.first_seen_on)).all() == days[2:]


def test_a_unit_closes_once(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(insert(unit).values(unit_code="110000001", unit_name="範例公司"))
        closed: list[int] = []
        for _ in range(2):
            register.open_incoming(connection)
            line = {LINE_NUMBER: [2], "unit_code": ["110000001"], "unit_name": ["範例公司"]}
            closing = pa.array([TODAY], pa.date32())
            register.receive(connection, unit, pa.RecordBatch.from_pydict(line | {"closed_on": closing}))
            closed.append(register.closing_units(connection))
            register.put_in_place(connection, unit, today=TODAY)
    assert closed == [1, 0]


def test_the_latest_load_is_the_newest_not_the_last_written(database: Database) -> None:
    moments = [datetime(2026, 11, day, 1, tzinfo=UTC) for day in (20, 22, 21)]
    with database.transaction() as connection:
        for moment in moments:
            register.record_load(connection, loaded_at=moment, counts={"people": 1})
    with database.reading() as connection:
        assert register.latest_load(connection) == moments[1]


def test_sqlite_keeps_the_incoming_rows_out_of_memory(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as connection:
        register.open_incoming(connection)
        assert connection.exec_driver_sql("PRAGMA temp_store").scalar() == 1, "1 is FILE"


def test_a_register_waits_for_those_who_register_and_they_for_it(postgresql_database: Database) -> None:
    with postgresql_database.transaction(beside="register") as one:
        with postgresql_database.transaction(beside="register"):
            pass  # side by side
        with postgresql_database.engine.connect() as other:
            free = select(func.pg_try_advisory_xact_lock(func.hashtext("register")))
            assert other.execute(free).scalar_one() is False
        one.rollback()
