"""Facts about the register's SQL, each on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
from sqlalchemy import Connection, func, insert, select

from pipeline.insured.queries import register
from pipeline.store.engine import Database, Work
from pipeline.store.tables import contact, coverage, unit

TODAY = date(2026, 11, 21)


def periods(*lines: tuple[str, date, date | None]) -> pa.Table:
    """Typed lines of coverage (person, start, end) at one unit."""
    return pa.table(
        {
            "unit_code": ["110000001"] * len(lines),
            "national_id": [line[0] for line in lines],
            "relation": ["insured"] * len(lines),
            "start_date": pa.array([line[1] for line in lines], pa.date32()),
            "end_date": pa.array([line[2] for line in lines], pa.date32()),
        }
    )


def load(connection: Connection, *lines: tuple[str, date, date | None]) -> register.TableChange:
    incoming = register.open_incoming(connection, "coverage")
    register.receive(connection, incoming, periods(*lines))
    return register.put_in_place(connection, incoming, today=TODAY)


NEW_YEAR = date(2026, 1, 1)


def test_only_what_differs_is_written(database: Database) -> None:
    with database.transaction() as connection:
        first = load(connection, ("A", NEW_YEAR, None), ("B", NEW_YEAR, None), ("C", NEW_YEAR, None))
        second = load(connection, ("A", NEW_YEAR, None), ("B", NEW_YEAR, TODAY), ("D", NEW_YEAR, None))
        ends = {row.national_id: row.end_date for row in connection.execute(select(coverage))}
    assert first == register.TableChange(before=0, after=3, joined=3, left=0, changed=0)
    assert second == register.TableChange(before=3, after=3, joined=1, left=1, changed=1)
    assert ends == {"A": None, "B": TODAY, "D": None}


def test_an_end_that_is_taken_back_is_a_change(database: Database) -> None:
    with database.transaction() as connection:
        for end in (TODAY, None):
            change = load(connection, ("A", NEW_YEAR, end))
        assert change.changed == 1
        assert connection.scalar(select(coverage.c.end_date)) is None


def test_a_contact_that_left_and_came_back_is_new(database: Database) -> None:
    days = [date(2026, 1, day) for day in (1, 2, 3)]
    with database.transaction() as connection:
        for day, emails in zip(days, (["a@example.com"], [], ["a@example.com"]), strict=True):
            incoming = register.open_incoming(connection, "contacts")
            lines = {"unit_code": ["110000001"] * len(emails), "email": emails}
            register.receive(connection, incoming, pa.table(lines))
            register.put_in_place(connection, incoming, today=day)
        assert connection.scalars(select(contact.c.first_seen_on)).all() == days[2:]


def test_a_unit_closes_once(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(insert(unit).values(unit_code="110000001", unit_name="範例公司"))
        closed: list[int] = []
        for _ in range(2):
            incoming = register.open_incoming(connection, "units")
            line = {"unit_code": ["110000001"], "unit_name": ["範例公司"]}
            closing = pa.array([TODAY], pa.date32())
            register.receive(connection, incoming, pa.table(line | {"closed_on": closing}))
            closed.append(register.closing_units(connection))
            register.put_in_place(connection, incoming, today=TODAY)
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
        register.open_incoming(connection, "coverage")
        assert connection.exec_driver_sql("PRAGMA temp_store").scalar() == 1, "1 is FILE"


def test_a_register_waits_for_those_who_register_and_they_for_it(postgresql_database: Database) -> None:
    with postgresql_database.transaction(beside=Work.REGISTER) as one:
        with postgresql_database.transaction(beside=Work.REGISTER):
            pass  # side by side
        with postgresql_database.engine.connect() as other:
            free = select(func.pg_try_advisory_xact_lock(func.hashtext("register")))
            assert other.execute(free).scalar_one() is False
        one.rollback()
