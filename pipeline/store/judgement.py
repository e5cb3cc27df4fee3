"""The outcomes of a chunk's rows and their registrations, in set-based SQL on both dialects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    and_,
    case,
    distinct,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.model.batch import BatchState, Suspicion
from pipeline.model.message import PRIORITY, MessageKind, MessageState
from pipeline.model.outcome import Outcome
from pipeline.model.registration import Channel, CredentialState, RegistrationState
from pipeline.store.batches import in_chunk
from pipeline.store.tables import (
    batch,
    beneficiary,
    coverage,
    outbox_message,
    registration,
    submission_row,
)

rows = submission_row


def judge(connection: Connection, chunk_id: int) -> None:
    """Give every row of the chunk's waiting batches exactly one outcome, as if nobody else were registering.

    Source of the order: rules 2, Outcomes. Rows with field errors have theirs from staging.
    """
    person = _persons(chunk_id)
    numbers = (person.c.person_id, person.c.typed_id, person.c.former_id)  # one person's
    known = select(registration.c.state).where(registration.c.national_id.in_(numbers))
    insured = exists().where(
        coverage.c.unit_code == person.c.unit_code,
        coverage.c.national_id.in_(numbers),
        coverage.c.start_date <= person.c.received_on,
        or_(coverage.c.end_date.is_(None), coverage.c.end_date > person.c.received_on),
    )
    closed = (RegistrationState.SUSPENDED, RegistrationState.BLOCKED)
    taken = (RegistrationState.ACTIVE, RegistrationState.PENDING)
    judged = select(
        person.c.batch_id,
        person.c.row_number,
        person.c.person_id,
        case(
            (person.c.occurrence > 1, Outcome.DUPLICATE_IN_FILE),
            (~insured, Outcome.NOT_INSURED_HERE),
            (exists(known.where(registration.c.state.in_(closed))), Outcome.BLOCKED),
            (~person.c.has_card, Outcome.NO_VALID_CARD),
            (exists(known.where(registration.c.state.in_(taken))), Outcome.ALREADY_REGISTERED),
            else_=Outcome.REGISTERED,
        ).label("outcome"),
    ).cte("judged")
    connection.execute(
        update(rows)
        .where(rows.c.batch_id == judged.c.batch_id, rows.c.row_number == judged.c.row_number)
        .values(person_id=judged.c.person_id, outcome=judged.c.outcome)
    )


def suspicions(connection: Connection, chunk_id: int) -> dict[int, Suspicion]:
    """What each batch of the chunk that nobody released yet looks like from outside, by batch."""
    here = and_(in_chunk(chunk_id, BatchState.WAITING), ~batch.c.is_released)
    covered = (
        select(func.count(distinct(coverage.c.national_id)))
        .where(
            coverage.c.unit_code == batch.c.unit_code,
            coverage.c.start_date <= batch.c.received_on,
            or_(coverage.c.end_date.is_(None), coverage.c.end_date > batch.c.received_on),
        )
        .scalar_subquery()
    )
    query = (
        select(
            batch.c.batch_id,
            func.count().label("rows"),
            func.sum(_one_if(rows.c.outcome == Outcome.NOT_INSURED_HERE)).label("not_insured"),
            func.sum(_one_if(rows.c.faults.contains("ID_CHECK_DIGIT"))).label("wrong_check_digits"),
            covered.label("covered"),
        )
        .join(rows, rows.c.batch_id == batch.c.batch_id)
        .where(here)
        .group_by(batch.c.batch_id, batch.c.unit_code, batch.c.received_on)
    )
    crowds = _most_people_per_email(connection, here)
    return {
        row.batch_id: Suspicion(
            rows=row.rows,
            covered_people=row.covered,
            not_insured=row.not_insured,
            wrong_check_digits=row.wrong_check_digits,
            most_people_per_email=crowds.get(row.batch_id, 0),
        )
        for row in connection.execute(query)
    }


def _most_people_per_email(connection: Connection, here: ColumnElement[bool]) -> dict[int, int]:
    """How many people share the busiest e-mail of each batch."""
    shared = (
        select(rows.c.batch_id, func.count(distinct(rows.c.national_id)).label("people"))
        .join(batch, batch.c.batch_id == rows.c.batch_id)
        .where(here, rows.c.email != "", rows.c.national_id != "")
        .group_by(rows.c.batch_id, func.lower(rows.c.email))  # upper and lower case are one mailbox
        .subquery()
    )
    query = select(shared.c.batch_id, func.max(shared.c.people)).group_by(shared.c.batch_id)
    return {batch_id: int(people) for batch_id, people in connection.execute(query)}


def set_aside(connection: Connection, batch_ids: Sequence[int]) -> None:
    """Take the outcomes of held batches back: nothing is decided for them yet."""
    for batch_id in batch_ids:
        connection.execute(
            update(rows)
            .where(rows.c.batch_id == batch_id, rows.c.outcome != Outcome.FIELD_ERROR)
            .values(outcome=None, person_id=None)
        )


def register(connection: Connection, chunk_id: int) -> None:
    """Register the people whose rows came out good; who was quicker elsewhere makes a row 你已做過申請."""
    good = (
        select(
            rows,
            batch.c.received_on,
            func.row_number()
            .over(partition_by=rows.c.person_id, order_by=(rows.c.batch_id, rows.c.row_number))
            .label("occurrence"),
        )
        .join(batch, batch.c.batch_id == rows.c.batch_id)
        .where(in_chunk(chunk_id, BatchState.WAITING), rows.c.outcome == Outcome.REGISTERED)
        .cte("good")
    )
    people = (
        select(
            good.c.person_id,
            literal(RegistrationState.ACTIVE, String),
            literal(CredentialState.INITIAL, String),
            beneficiary.c.card_number,
            good.c.email,
            good.c.phone,
            literal(Channel.BULK, String),
            good.c.batch_id,
            good.c.row_number,
            good.c.received_on,
        )
        .join(beneficiary, beneficiary.c.national_id == good.c.person_id)
        .where(good.c.occurrence == 1)
        .order_by(good.c.person_id)  # two registering processes take the same people in the same order
    )
    names = [
        "national_id", "state", "credential_state", "card_number", "email", "phone",
        "channel", "batch_id", "row_number", "registered_on",
    ]  # fmt: skip
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(registration).from_select(names, people)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["national_id"],
            set_={name: statement.excluded[name] for name in names[1:]},
            where=registration.c.state == RegistrationState.LAPSED,
        )
    )
    mine = exists().where(
        registration.c.national_id == rows.c.person_id,
        registration.c.batch_id == rows.c.batch_id,
        registration.c.row_number == rows.c.row_number,
    )
    here = rows.c.batch_id.in_(select(batch.c.batch_id).where(in_chunk(chunk_id, BatchState.WAITING)))
    connection.execute(
        update(rows)
        .where(here, rows.c.outcome == Outcome.REGISTERED, ~mine)
        .values(outcome=Outcome.ALREADY_REGISTERED)
    )


def queue_success_mails(connection: Connection, chunk_id: int, *, at: datetime) -> int:
    """Queue a success mail for each row registered by this chunk, in the registration's own transaction."""
    moment = literal(at, outbox_message.c.created_at.type)
    mails = (
        select(
            literal(MessageKind.SUCCESS, String),
            literal(PRIORITY[MessageKind.SUCCESS], Integer),
            rows.c.batch_id,
            rows.c.row_number,
            rows.c.email,
            literal(MessageState.QUEUED, String),
            moment,
            moment,
        )
        .join(batch, batch.c.batch_id == rows.c.batch_id)
        .where(in_chunk(chunk_id, BatchState.WAITING), rows.c.outcome == Outcome.REGISTERED)
    )
    names = ["kind", "priority", "batch_id", "row_number", "recipient", "state", "created_at", "not_before"]
    queueing = insert(outbox_message).from_select(names, mails).execution_options(preserve_rowcount=True)
    return connection.execute(queueing).rowcount


def _persons(chunk_id: int) -> Any:
    """Rows without field errors with the person behind them: current number, former number, valid card.

    A number of the file may be the person's current or former one; the registration is under the current.
    """
    current = (
        select(func.min(beneficiary.c.national_id))
        .where(beneficiary.c.former_id == rows.c.national_id)
        .scalar_subquery()
    )
    typed = (
        select(
            rows.c.batch_id,
            rows.c.row_number,
            batch.c.unit_code,
            batch.c.received_on,
            rows.c.national_id.label("typed_id"),
            func.coalesce(current, rows.c.national_id).label("person_id"),
        )
        .join(batch, batch.c.batch_id == rows.c.batch_id)
        .where(in_chunk(chunk_id, BatchState.WAITING), rows.c.faults == "")
        .cte("typed")
    )
    has_card = func.coalesce(and_(beneficiary.c.card_valid, beneficiary.c.card_number != ""), literal(False))
    return (
        select(
            typed,
            beneficiary.c.former_id,
            has_card.label("has_card"),
            func.row_number()
            .over(partition_by=(typed.c.batch_id, typed.c.person_id), order_by=typed.c.row_number)
            .label("occurrence"),
        )
        .outerjoin(beneficiary, beneficiary.c.national_id == typed.c.person_id)
        .cte("person")
    )


def _one_if(condition: Any) -> Any:
    return case((condition, 1), else_=0)
