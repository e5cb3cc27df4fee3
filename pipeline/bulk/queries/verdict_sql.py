"""The night's question to the register as one statement over temporary tables (docs/performance.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column as TableColumn
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Select,
    String,
    Table,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from pipeline.accounts.queries.registrations import is_in_force
from pipeline.accounts.rules.registration import REFUSES, RegistrationRefusal
from pipeline.bulk.rules.outcome import Outcome
from pipeline.store.tables import beneficiary, coverage, registration


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


def same_row(table: Table) -> ColumnElement[bool]:
    return and_(table.c.batch_id == JUDGED.c.batch_id, table.c.row_number == JUDGED.c.row_number)


# Each asked row with the current number of its person. MATERIALIZED: else SQLite looks the person up
# wherever the column is named.
TYPED: Final = (
    select(
        ASKED,
        func.coalesce(
            select(func.min(beneficiary.c.national_id))
            .where(beneficiary.c.former_id == ASKED.c.national_id)
            .scalar_subquery(),
            ASKED.c.national_id,
        ).label("person_id"),
    )
    .cte("typed")
    .prefix_with("MATERIALIZED")
)
HAS_CARD: Final = func.coalesce(
    and_(beneficiary.c.card_valid, beneficiary.c.card_number != ""), literal(False)
)
# A person's numbers: the current one, the one given, the former one. Few people have more than one, so the
# others are looked up only where they differ.
NUMBERS: Final = (
    (literal(True), TYPED.c.person_id),
    (TYPED.c.national_id != TYPED.c.person_id, TYPED.c.national_id),
    (beneficiary.c.former_id.is_not(None), beneficiary.c.former_id),
)


def _of_any_number(condition: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> ColumnElement[bool]:
    """The condition holds for any number of the person."""
    return or_(*(and_(is_other, condition(number)) for is_other, number in NUMBERS))


def _is_insured_here(number: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(
        coverage.c.unit_code == TYPED.c.unit_code,
        coverage.c.national_id == number,
        coverage.c.start_date <= TYPED.c.received_on,
        or_(coverage.c.end_date.is_(None), coverage.c.end_date > TYPED.c.received_on),
    )


def _state(number: ColumnElement[str], *conditions: ColumnElement[bool]) -> ColumnElement[str]:
    """The state of the number's registration. No EXISTS: PostgreSQL would hash all registrations for it."""
    query = select(registration.c.state).where(registration.c.national_id == number, *conditions)
    return query.scalar_subquery()


def _refuses(refusal: RegistrationRefusal, at: datetime) -> ColumnElement[bool]:
    """A registration in force of any number of the person refuses the row for that reason."""
    states = [state for state, refused in REFUSES.items() if refused is refusal]
    return _of_any_number(lambda number: _state(number, is_in_force(at)).in_(states))


def _cases(at: datetime, *, shortcut: bool) -> list[tuple[ColumnElement[bool], Outcome]]:
    """The conditions of the outcomes in the order in which `Outcome` asks them; REGISTERED is what remains.

    The shortcut asks first whether there is no registration at all: true of most people, and one look at the
    registrations in place of two. It changes no verdict.
    """
    has_none = and_(~_of_any_number(lambda number: _state(number).is_not(None)), HAS_CARD)
    return [
        (~_of_any_number(_is_insured_here), Outcome.NOT_INSURED_HERE),
        *([(has_none, Outcome.REGISTERED)] if shortcut else []),
        (_refuses(RegistrationRefusal.BLOCKED, at), Outcome.BLOCKED),
        (~HAS_CARD, Outcome.NO_VALID_CARD),
        (_refuses(RegistrationRefusal.ALREADY_REGISTERED, at), Outcome.ALREADY_REGISTERED),
    ]


def verdicts(at: datetime, *, shortcut: bool) -> Select[Any]:
    """Each asked row with its person, the number of a valid card, and the outcome."""
    return select(
        TYPED.c.batch_id,
        TYPED.c.row_number,
        TYPED.c.person_id,
        TYPED.c.received_on,
        beneficiary.c.card_number,
        case(*_cases(at, shortcut=shortcut), else_=Outcome.REGISTERED),
    ).outerjoin(beneficiary, beneficiary.c.national_id == TYPED.c.person_id)
