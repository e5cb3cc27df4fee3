"""What the register says of rows, and who is registered from them: set-based SQL on both dialects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import Column as TableColumn
from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import DropTable

from pipeline.accounts.rules.registration import Channel, CredentialState, RegistrationState
from pipeline.bulk.rules.outcome import Outcome
from pipeline.outbox.rules import PRIORITY, MessageKind, MessageState
from pipeline.store import bulk
from pipeline.store.slices import slices
from pipeline.store.tables import beneficiary, coverage, outbox_message, registration, submission_row


def _of_this_connection(name: str, *columns: TableColumn[Any]) -> Table:
    """A temporary table that holds something about rows, so that no stored row is written twice."""
    return Table(
        name,
        MetaData(),
        TableColumn("batch_id", Integer, nullable=False),
        TableColumn("row_number", Integer, nullable=False),
        *columns,
        # PostgreSQL hashes both sides of a join and needs no key.
        PrimaryKeyConstraint("batch_id", "row_number").ddl_if(dialect="sqlite"),
        prefixes=["TEMPORARY"],
        sqlite_with_rowid=False,
    )


# The rows in question, and what came out.
ASKED: Final = _of_this_connection(
    "asked_row",
    TableColumn("unit_code", String(9), nullable=False),
    TableColumn("received_on", Date, nullable=False),
    TableColumn("national_id", String(10), nullable=False),
)
JUDGED: Final = _of_this_connection(
    "judged_row",
    TableColumn("person_id", String(10), nullable=False),
    TableColumn("received_on", Date, nullable=False),
    TableColumn("card_number", String(12)),
    TableColumn("outcome", String(18), nullable=False),
)


def _same_row(table: Table) -> ColumnElement[bool]:
    return and_(table.c.batch_id == JUDGED.c.batch_id, table.c.row_number == JUDGED.c.row_number)


# The stored rows behind the verdicts; an outcome may have changed between the two.
GOOD: Final = JUDGED.join(submission_row, _same_row(submission_row))
Batches = tuple[int, int]  # the first and the last batch of the rows judged
SORT_MEMORY: Final = "64MB"  # of PostgreSQL, for the people of a chunk
# Ways of PostgreSQL to read much at once.
IN_BULK: Final = ("enable_hashjoin", "enable_mergejoin", "enable_memoize", "jit")
CLOSED: Final = (RegistrationState.SUSPENDED, RegistrationState.BLOCKED)
TAKEN: Final = (RegistrationState.ACTIVE, RegistrationState.PENDING)


def _is_good(of: Batches) -> ColumnElement[bool]:
    # The verdicts say which rows; the batches tell PostgreSQL that they are a month's rows' last few.
    return and_(submission_row.c.batch_id.between(*of), submission_row.c.outcome == Outcome.REGISTERED)


def forget(connection: Connection) -> None:
    """Take the last verdicts away."""
    for table in (ASKED, JUDGED):
        connection.execute(DropTable(table, if_exists=True))


def judge(connection: Connection, asked: pd.DataFrame) -> pd.DataFrame:
    """What the register says of rows without faults, as if nobody else were registering.

    `asked`: batch_id, row_number, unit_code, received_on, national_id. Out: batch_id, row_number, person_id
    (the current number of the person whose current or former one was given) and outcome of those rows that
    are not simply REGISTERED under the number given: most are, and need not travel.
    Source of the order of outcomes: rules 2; a person named twice is not looked for here.
    """
    forget(connection)
    for table in (ASKED, JUDGED):
        table.create(connection, checkfirst=False)
    bulk.insert(connection, ASKED, asked)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {ASKED.name}")
    judging = insert(JUDGED).from_select(list(JUDGED.columns), _verdicts())
    with looking_up(connection):
        connection.execute(judging)
    told = (
        select(JUDGED.c.batch_id, JUDGED.c.row_number, JUDGED.c.person_id, JUDGED.c.outcome)
        .select_from(JUDGED.join(ASKED, _same_row(ASKED)))
        .where(or_(JUDGED.c.outcome != Outcome.REGISTERED, JUDGED.c.person_id != ASKED.c.national_id))
    )
    return bulk.read(connection, told)


@contextmanager
def looking_up(connection: Connection) -> Iterator[None]:
    """Have PostgreSQL look rows up one by one, in the order in which they are asked for.

    A chunk asks for a small part of the register, unit by unit, as the register lies: sorted or hashed by
    person it would be read from end to end, and each unit's people from everywhere.
    """
    is_postgresql = connection.dialect.name == "postgresql"
    for setting in IN_BULK if is_postgresql else ():
        connection.exec_driver_sql(f"SET LOCAL {setting} = off")
    yield
    for setting in IN_BULK if is_postgresql else ():
        connection.exec_driver_sql(f"SET LOCAL {setting} TO DEFAULT")


def _verdicts() -> Any:
    """Each asked row with its person, the number of a valid card, and the outcome."""
    current = (
        select(func.min(beneficiary.c.national_id))
        .where(beneficiary.c.former_id == ASKED.c.national_id)
        .scalar_subquery()
    )
    typed = (
        select(ASKED, func.coalesce(current, ASKED.c.national_id).label("person_id"))
        .cte("typed")
        .prefix_with("MATERIALIZED")  # else SQLite looks the person up wherever it is named
    )
    has_card = func.coalesce(and_(beneficiary.c.card_valid, beneficiary.c.card_number != ""), literal(False))
    # Few have more numbers than one: the others are looked up only where they differ.
    numbers = (typed.c.person_id, typed.c.national_id, beneficiary.c.former_id)
    is_other = (literal(True), typed.c.national_id != typed.c.person_id, beneficiary.c.former_id.is_not(None))

    def of_any(condition: Any) -> ColumnElement[bool]:
        asked = zip(is_other, numbers, strict=True)
        return or_(*(and_(other, condition(number)) for other, number in asked))

    def is_insured(number: Any) -> ColumnElement[bool]:
        return exists().where(
            coverage.c.unit_code == typed.c.unit_code,
            coverage.c.national_id == number,
            coverage.c.start_date <= typed.c.received_on,
            or_(coverage.c.end_date.is_(None), coverage.c.end_date > typed.c.received_on),
        )

    def state(number: Any) -> Any:  # not EXISTS: PostgreSQL would hash all registrations for it
        return select(registration.c.state).where(registration.c.national_id == number).scalar_subquery()

    def is_in(states: Sequence[RegistrationState]) -> ColumnElement[bool]:
        return of_any(lambda number: state(number).in_(states))

    outcome = case(
        (~of_any(is_insured), Outcome.NOT_INSURED_HERE),
        (
            and_(~of_any(lambda number: state(number).is_not(None)), has_card),
            Outcome.REGISTERED,
        ),  # most people: one look instead of two
        (is_in(CLOSED), Outcome.BLOCKED),
        (~has_card, Outcome.NO_VALID_CARD),
        (is_in(TAKEN), Outcome.ALREADY_REGISTERED),
        else_=Outcome.REGISTERED,
    )
    return select(
        typed.c.batch_id,
        typed.c.row_number,
        typed.c.person_id,
        typed.c.received_on,
        beneficiary.c.card_number,
        outcome,
    ).outerjoin(beneficiary, beneficiary.c.national_id == typed.c.person_id)


def register(connection: Connection, of: Batches, *, expected: int) -> set[tuple[int, int]]:
    """Register the people of the stored rows that were judged last on this connection and came out good.

    `of` are the first and the last batch, `expected` is how many such rows there are. Who was quicker
    elsewhere makes a row 你已做過申請: those rows come back as (batch_id, row_number).
    """
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
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(registration).from_select(names, people)
    registering = statement.on_conflict_do_update(
        index_elements=["national_id"],
        set_={name: statement.excluded[name] for name in names[1:]},
        where=registration.c.state == RegistrationState.LAPSED,
    ).execution_options(preserve_rowcount=True)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL work_mem = '{SORT_MEMORY}'")
    return set() if connection.execute(registering).rowcount == expected else _came_late(connection, of)


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
        told = update(submission_row).where(key.in_(some))
        connection.execute(told.values(outcome=Outcome.ALREADY_REGISTERED))
    return rows


def queue_success_mails(connection: Connection, of: Batches, *, at: datetime) -> int:
    """Queue a success mail for each row that `register` registered, in the registration's own transaction."""
    moment = literal(at, outbox_message.c.created_at.type)
    mails = (
        select(
            literal(MessageKind.SUCCESS, String),
            literal(PRIORITY[MessageKind.SUCCESS], Integer),
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
    names = ["kind", "priority", "batch_id", "row_number", "recipient", "state", "created_at", "not_before"]
    queueing = insert(outbox_message).from_select(names, mails).execution_options(preserve_rowcount=True)
    return connection.execute(queueing).rowcount
