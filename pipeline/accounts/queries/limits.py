"""How often something may happen a day, and cards locked after wrong tries; who it is stays a keyed hash."""

from __future__ import annotations

import hmac
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, or_, select, update

from pipeline.store.tables import card_lock, rate
from pipeline.store.upsert import upsert

_PURPOSE: Final = b"limited\0"


def limit_key(secret: bytes, *parts: str) -> str:
    """The key of a card, place or address for one purpose: HMAC-SHA256 in hex."""
    return hmac.digest(secret, _PURPOSE + "\0".join(parts).encode(), "sha256").hex()


def count_use(connection: Connection, key: str, *, day: date) -> int:
    """Count one more use of that day; return how many there were with it."""
    statement = upsert(connection, rate).values(key_hmac=key, day=day, uses=1)
    counting = statement.on_conflict_do_update(
        index_elements=["key_hmac", "day"], set_={"uses": rate.c.uses + 1}
    )
    return int(connection.execute(counting.returning(rate.c.uses)).scalar_one())


def hold_card(connection: Connection, key: str, *, day: date) -> Any:
    """The card's wrong tries and lock, held until the transaction ends: tries at once count one by one."""
    statement = upsert(connection, card_lock).values(card_key=key, day=day)
    holding = statement.on_conflict_do_update(
        index_elements=["card_key"], set_={"card_key": statement.excluded.card_key}
    )
    return connection.execute(holding.returning(card_lock)).one()


def note_tries(
    connection: Connection, key: str, *, wrong: int, day: date, locked_until: datetime | None
) -> None:
    """Set the card's wrong tries of that day, and its lock."""
    connection.execute(
        update(card_lock)
        .where(card_lock.c.card_key == key)
        .values(wrong=wrong, day=day, locked_until=locked_until)
    )


def locked_until(connection: Connection, key: str, *, now: datetime) -> datetime | None:
    """Until when the card is locked, or None."""
    query = select(card_lock.c.locked_until).where(
        card_lock.c.card_key == key, card_lock.c.locked_until > now
    )
    until: datetime | None = connection.scalar(query)
    return until


def forget_old(connection: Connection, *, today: date, now: datetime) -> int:
    """Delete counts of earlier days and locks that are over; return how many."""
    counts = connection.execute(delete(rate).where(rate.c.day < today)).rowcount
    over = or_(card_lock.c.locked_until.is_(None), card_lock.c.locked_until <= now)
    locks = connection.execute(delete(card_lock).where(and_(card_lock.c.day < today, over))).rowcount
    return counts + locks
