"""The contacts of units: where answers go, and who may hand in for which unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, func, select

from pipeline.store.slices import slices
from pipeline.store.tables import contact


@dataclass(frozen=True, slots=True)
class ContactOf:
    """One unit that a sender may hand in for: the stored address, and whether it is new beside others."""

    unit_code: str
    email: str
    first_seen_on: date
    joined_others: bool


def answered_at(
    connection: Connection, unit_codes: Sequence[str], *, on: date, staff: str
) -> dict[str, list[str]]:
    """The receivers of each unit's answers: all contacts valid on that day, else staff (docs/rules.md 1)."""
    found: dict[str, list[str]] = {code: [] for code in unit_codes}
    for some in slices(unit_codes):
        query = (
            select(contact.c.unit_code, contact.c.email)
            .where(contact.c.unit_code.in_(some), _valid(on))
            .order_by(contact.c.unit_code, contact.c.email)
        )
        for row in connection.execute(query):
            found[row.unit_code].append(row.email)
    return {code: addresses or ([staff] if staff else []) for code, addresses in found.items()}


def of_senders(
    connection: Connection, addresses: Iterable[str], *, on: date
) -> dict[str, dict[str, ContactOf]]:
    """The units of each address (lower case) that is a contact valid on that day, by unit code."""
    found: dict[str, dict[str, ContactOf]] = {}
    lowered = func.lower(contact.c.email)
    for some in slices(sorted(set(addresses))):
        query = select(contact, lowered.label("address")).where(lowered.in_(some), _valid(on))
        for row in connection.execute(query.order_by(contact.c.unit_code, contact.c.email)):
            units = found.setdefault(row.address, {})
            units[row.unit_code] = ContactOf(row.unit_code, row.email, row.first_seen_on, row.joined_others)
    return found


def _valid(on: date) -> ColumnElement[bool]:
    return and_(
        func.coalesce(contact.c.valid_from, on) <= on,
        func.coalesce(contact.c.valid_to, on) >= on,
    )
