"""A person of the register with the registration, and what becomes of it at a station."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from pipeline.accounts.rules.deadlines import newest_over
from pipeline.accounts.rules.registration import PRECEDENCE, Channel, CredentialState, RegistrationState
from pipeline.store.slices import slices
from pipeline.store.tables import mail_token, registration
from pipeline.store.upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a person applied with; prints nothing of it."""

    national_id: str = field(repr=False)
    card_number: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    password_hash: str = field(repr=False)
    applied_on: date
    confirm_until: datetime


def find_registration(connection: Connection, person: Any, *, holds: bool = False) -> Any | None:
    """The person's registration under the current or former number, or None.

    `holds`: nobody else changes it before the transaction ends.
    """
    numbers = [number for number in (person.national_id, person.former_id) if number]
    query = select(registration).where(registration.c.national_id.in_(numbers))
    found = list(connection.execute(query.with_for_update() if holds else query))
    return min(found, key=lambda row: PRECEDENCE.index(RegistrationState(row.state)), default=None)


def with_id(connection: Connection, registration_id: int) -> Any | None:
    """One registration, or None; on PostgreSQL locked."""
    query = select(registration).where(registration.c.registration_id == registration_id).with_for_update()
    return connection.execute(query).one_or_none()


def move_card(connection: Connection, registration_id: int, card_number: str) -> None:
    """The registration goes on with the person's new card."""
    connection.execute(
        update(registration)
        .where(registration.c.registration_id == registration_id)
        .values(card_number=card_number)
    )


def put_application(connection: Connection, application: Application, *, now: datetime) -> int | None:
    """A PENDING registration, over one that lapsed; its id, or None when somebody was quicker."""
    values = {
        "national_id": application.national_id,
        "state": RegistrationState.PENDING,
        "credential_state": CredentialState.OWN,
        "card_number": application.card_number,
        "email": application.email,
        "phone": application.phone,
        "channel": Channel.INDIVIDUAL,
        "batch_id": None,
        "row_number": None,
        "registered_on": application.applied_on,
        "applied_on": application.applied_on,
        "password_hash": application.password_hash,
        "confirm_until": application.confirm_until,
    }
    putting = (
        upsert(connection, registration)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["national_id"],
            set_={name: value for name, value in values.items() if name != "national_id"},
            where=or_(registration.c.state == RegistrationState.LAPSED, is_past_confirming(now)),
        )
        .returning(registration.c.registration_id)
    )
    registration_id: int | None = connection.scalar(putting)
    if registration_id is not None:  # links of what lapsed lead nowhere any more
        connection.execute(delete(mail_token).where(mail_token.c.registration_id == registration_id))
    return registration_id


def activate(connection: Connection, registration_id: int, *, on: date) -> None:
    """The person confirmed."""
    connection.execute(
        update(registration)
        .where(registration.c.registration_id == registration_id)
        .values(state=RegistrationState.ACTIVE, registered_on=on, confirm_until=None)
    )


def delete_registration(connection: Connection, registration_id: int) -> None:
    """As if the person had never applied: the registration and its links."""
    connection.execute(delete(mail_token).where(mail_token.c.registration_id == registration_id))
    connection.execute(delete(registration).where(registration.c.registration_id == registration_id))


def lapse(connection: Connection, *, now: datetime) -> int:
    """Applications past their day lapse, and what they held is blanked; return how many."""
    lapsing = (
        update(registration)
        .where(is_past_confirming(now))
        .values(
            state=RegistrationState.LAPSED,
            card_number="",
            email="",
            phone="",
            password_hash=None,
            confirm_until=None,
        )
    )
    return connection.execute(lapsing).rowcount


def forget_lapsed(connection: Connection, *, applied_before: date) -> int:
    """Delete what lapsed from applications of before that day, and its links; return how many."""
    old = and_(
        registration.c.state == RegistrationState.LAPSED,
        registration.c.applied_on < applied_before,
    )
    # Held first, the links after them, as everywhere: two processes never wait for each other.
    ids = list(connection.scalars(select(registration.c.registration_id).where(old).with_for_update()))
    for some in slices(ids):
        connection.execute(delete(mail_token).where(mail_token.c.registration_id.in_(some)))
        connection.execute(delete(registration).where(registration.c.registration_id.in_(some)))
    return len(ids)


def is_past_confirming(now: datetime) -> ColumnElement[bool]:
    """The condition «this application waits for a confirmation, and its last day is past»."""
    return and_(
        registration.c.state == RegistrationState.PENDING,
        registration.c.confirm_until <= newest_over(now),
    )


def is_in_force(now: datetime) -> ColumnElement[bool]:
    """The condition «this registration counts now», as `rules.registration.in_force` says it."""
    return and_(
        registration.c.state != RegistrationState.LAPSED,
        or_(
            registration.c.state != RegistrationState.PENDING,
            registration.c.confirm_until.is_(None),
            registration.c.confirm_until > newest_over(now),
        ),
    )
