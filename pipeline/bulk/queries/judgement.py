"""Judge rows by the register and register the people of good rows: set-based SQL on both dialects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Integer,
    String,
    and_,
    exists,
    insert,
    literal,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.schema import DropTable

from pipeline.accounts.queries.registrations import is_past_confirming
from pipeline.accounts.rules.registration import (
    Channel,
    CredentialState,
    RegistrationState,
)
from pipeline.bulk.queries.verdict_sql import ASKED, JUDGED, same_row, verdicts
from pipeline.bulk.rules.outcome import Outcome
from pipeline.outbox.rules import MessageState, Priority
from pipeline.store import bulk
from pipeline.store.slices import slices
from pipeline.store.tables import outbox_message, registration, submission_row
from pipeline.store.upsert import upsert

# The stored rows behind the verdicts; an outcome may have changed between the two.
GOOD: Final = JUDGED.join(submission_row, same_row(submission_row))
Batches = tuple[int, int]  # the first and the last batch of the rows judged
SORT_MEMORY: Final = "64MB"  # of PostgreSQL, for the people of a chunk
# Planner features that favour full scans; a chunk asks for a small part of the register.
FOR_FULL_SCANS: Final = ("enable_hashjoin", "enable_mergejoin", "enable_memoize", "jit")


class Verdicts:
    """What the register says of some rows, kept in temporary tables of one connection until `close`.

    `register` and `queue_success_mails` work on these verdicts and on the same rows, stored meanwhile.
    """

    def __init__(self, connection: Connection, at: datetime) -> None:
        self._connection = connection
        self._at = at

    def differing(self) -> pd.DataFrame:
        """The rows that are not simply REGISTERED under the number given: most are, and need not travel.

        Columns: batch_id, row_number, person_id (the current number of the person whose current or former
        one was given), outcome.
        """
        query = (
            select(JUDGED.c.batch_id, JUDGED.c.row_number, JUDGED.c.person_id, JUDGED.c.outcome)
            .select_from(JUDGED.join(ASKED, same_row(ASKED)))
            .where(or_(JUDGED.c.outcome != Outcome.REGISTERED, JUDGED.c.person_id != ASKED.c.national_id))
        )
        return bulk.read(self._connection, query)

    def register(self, of: Batches, *, expected: int) -> set[tuple[int, int]]:
        """Register the people of the stored rows whose outcome is REGISTERED.

        `of` are the first and the last batch, `expected` is how many such rows there are. Returns the rows
        (batch_id, row_number) of people whom another process registered meanwhile: they have the outcome
        ALREADY_REGISTERED now.
        """
        registering = _registering(self._connection, of, self._at)
        if self._connection.dialect.name == "postgresql":
            self._connection.exec_driver_sql(f"SET LOCAL work_mem = '{SORT_MEMORY}'")
        is_complete = self._connection.execute(registering).rowcount == expected
        return set() if is_complete else _came_late(self._connection, of)

    def queue_success_mails(self, of: Batches, *, kind: str, priority: Priority, at: datetime) -> int:
        """Queue a mail about each row that `register` registered, in its transaction; returns how many."""
        moment = literal(at, outbox_message.c.created_at.type)
        mails = (
            select(
                literal(kind, String),
                literal(priority.value, Integer),
                submission_row.c.batch_id,
                submission_row.c.row_number,
                submission_row.c.email,
                literal(MessageState.QUEUED, String),
                moment,
                moment,
            )
            .select_from(GOOD)
            .where(_is_good(of))
            .order_by(submission_row.c.batch_id, submission_row.c.row_number)
        )
        names = [
            "kind",
            "priority",
            "about_id",
            "about_part",
            "recipient",
            "state",
            "created_at",
            "not_before",
        ]
        queueing = insert(outbox_message).from_select(names, mails).execution_options(preserve_rowcount=True)
        return self._connection.execute(queueing).rowcount

    def close(self) -> None:
        """Drop the temporary tables."""
        _drop(self._connection)


def judge(connection: Connection, asked: pd.DataFrame, *, at: datetime, shortcut: bool = True) -> Verdicts:
    """Ask the register about rows without faults, as if no other process were registering.

    `asked`: batch_id, row_number, unit_code, received_on, national_id. `at` decides which applications are
    past their last day. A person named twice is not looked for here. Source of the order of outcomes:
    docs/rules.md 2. `shortcut`: see `_cases`.
    """
    _drop(connection)
    for table in (ASKED, JUDGED):
        table.create(connection, checkfirst=False)
    bulk.insert(connection, ASKED, asked)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {ASKED.name}")
    judging = insert(JUDGED).from_select(list(JUDGED.columns), verdicts(at, shortcut=shortcut))
    with _looking_up(connection):
        connection.execute(judging)
    return Verdicts(connection, at)


def _drop(connection: Connection) -> None:
    for table in (ASKED, JUDGED):
        connection.execute(DropTable(table, if_exists=True))


@contextmanager
def _looking_up(connection: Connection) -> Iterator[None]:
    """Have PostgreSQL look rows up one by one, in the order given (docs/performance.md).

    A chunk asks for a small part of the register, unit by unit, as the register lies: sorted or hashed by
    person it would be read from end to end, and each unit's people from everywhere.
    """
    settings = FOR_FULL_SCANS if connection.dialect.name == "postgresql" else ()
    for setting in settings:
        connection.exec_driver_sql(f"SET LOCAL {setting} = off")
    yield  # a fault ends the transaction, and SET LOCAL with it
    for setting in settings:
        connection.exec_driver_sql(f"SET LOCAL {setting} TO DEFAULT")


# --- what is done with the good ones ---------------------------------------------------------------


def _is_good(of: Batches) -> ColumnElement[bool]:
    # The verdicts say which rows; the batches tell PostgreSQL that they are a month's rows' last few.
    return and_(submission_row.c.batch_id.between(*of), submission_row.c.outcome == Outcome.REGISTERED)


def _registering(connection: Connection, of: Batches, at: datetime) -> Insert:
    """A registration for each good row, over one that lapsed or is past its last day."""
    people = (
        select(
            submission_row.c.person_id,
            literal(RegistrationState.ACTIVE, String),
            literal(CredentialState.INITIAL, String),
            JUDGED.c.card_number,
            submission_row.c.email,
            submission_row.c.phone,
            literal(Channel.BULK, String),
            submission_row.c.batch_id,
            submission_row.c.row_number,
            JUDGED.c.received_on,
        )
        .select_from(GOOD)
        .where(_is_good(of))
        .order_by(submission_row.c.person_id)  # two registering processes take people in the same order
    )
    names = [
        "national_id", "state", "credential_state", "card_number", "email", "phone",
        "channel", "batch_id", "row_number", "registered_on",
    ]  # fmt: skip
    statement = upsert(connection, registration).from_select(names, people)
    of_an_application = dict.fromkeys(("applied_on", "password_hash", "confirm_until"), null())
    return statement.on_conflict_do_update(
        index_elements=["national_id"],
        set_={name: statement.excluded[name] for name in names[1:]} | of_an_application,
        where=or_(registration.c.state == RegistrationState.LAPSED, is_past_confirming(at)),
    ).execution_options(preserve_rowcount=True)


def _came_late(connection: Connection, of: Batches) -> set[tuple[int, int]]:
    mine = exists().where(
        registration.c.national_id == submission_row.c.person_id,
        registration.c.batch_id == submission_row.c.batch_id,
        registration.c.row_number == submission_row.c.row_number,
    )
    late = (
        select(submission_row.c.batch_id, submission_row.c.row_number)
        .select_from(GOOD)
        .where(_is_good(of), ~mine)
    )
    rows = {(row.batch_id, row.row_number) for row in connection.execute(late)}
    key = tuple_(submission_row.c.batch_id, submission_row.c.row_number)
    for some in slices(sorted(rows)):
        changing = update(submission_row).where(key.in_(some))
        connection.execute(changing.values(outcome=Outcome.ALREADY_REGISTERED))
    return rows
