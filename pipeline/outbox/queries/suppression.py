"""Addresses that mail does not reach, left alone for a while; kept as keyed hashes, never as addresses."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, bindparam, case, delete, func, null, or_, select

from pipeline.store.tables import suppression
from pipeline.store.upsert import upsert

SUPPRESSED_FOR: Final = timedelta(days=30)
SOFT_BOUNCES: Final = 3
_PURPOSE: Final = b"suppressed address\0"


def address_key(secret: bytes, address: str) -> str:
    """The row's key for an address, in whatever case it is written: HMAC-SHA256 in hex."""
    return hmac.digest(secret, _PURPOSE + address.lower().encode(), "sha256").hex()


def note_hard(connection: Connection, keys: Iterable[str], *, at: datetime) -> None:
    """These addresses are wrong: leave them alone from the first bounce on."""
    until = at + SUPPRESSED_FOR
    rows = [
        {"address_hmac": key, "soft_bounces": 0, "last_bounce_at": at, "suppressed_until": until}
        for key in sorted(set(keys))  # in one order, so that two processes never wait for each other
    ]
    if not rows:
        return
    statement = upsert(connection, suppression)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["address_hmac"],
            set_={name: statement.excluded[name] for name in rows[0] if name != "address_hmac"},
        ),
        rows,
    )


def note_soft(connection: Connection, key: str, *, at: datetime) -> None:
    """A mail to this address was given up; the third one suppresses it, if none is 30 days from the next."""
    recent = suppression.c.last_bounce_at >= at - SUPPRESSED_FOR
    third = and_(recent, suppression.c.soft_bounces + 1 >= SOFT_BOUNCES)
    statement = upsert(connection, suppression).values(
        address_hmac=key, soft_bounces=1, last_bounce_at=at, suppressed_until=null()
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["address_hmac"],
            set_={
                "soft_bounces": case((third, 0), (recent, suppression.c.soft_bounces + 1), else_=1),
                "last_bounce_at": statement.excluded.last_bounce_at,
                "suppressed_until": case(
                    (third, bindparam("until", at + SUPPRESSED_FOR, suppression.c.suppressed_until.type)),
                    else_=suppression.c.suppressed_until,
                ),
            },
        )
    )


def suppressed(connection: Connection, keys: Iterable[str], *, now: datetime) -> dict[str, datetime]:
    """Which of these addresses are left alone now, and until when."""
    query = select(suppression.c.address_hmac, suppression.c.suppressed_until).where(
        suppression.c.address_hmac.in_(sorted(set(keys))), suppression.c.suppressed_until > now
    )
    return {row.address_hmac: row.suppressed_until for row in connection.execute(query)}


def count_suppressed(connection: Connection, *, now: datetime) -> int:
    """How many addresses are left alone now."""
    return (
        connection.scalar(
            select(func.count()).select_from(suppression).where(suppression.c.suppressed_until > now)
        )
        or 0
    )


def forget_old(connection: Connection, *, now: datetime) -> int:
    """Delete what no longer counts: bounces over 30 days ago whose time is over; return how many."""
    over = or_(suppression.c.suppressed_until.is_(None), suppression.c.suppressed_until <= now)
    old = suppression.c.last_bounce_at < now - SUPPRESSED_FOR
    return connection.execute(delete(suppression).where(over, old)).rowcount
