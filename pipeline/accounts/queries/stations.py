"""Keys of stations: a hash each; the key itself lies on the station alone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from pipeline.store.tables import station_key

_RANDOM_BYTES: Final = 32
_LONGEST: Final = 128


def add(connection: Connection, name: str, kind: str, *, at: datetime) -> str:
    """Make a key for a station of a free name; it is told here and nowhere else."""
    key = secrets.token_urlsafe(_RANDOM_BYTES)
    connection.execute(insert(station_key).values(name=name, kind=kind, key_hash=_hashed(key), created_at=at))
    return key


def find(connection: Connection, key: str) -> Any | None:
    """Name and kind of a key in use, or None."""
    if not key or len(key) > _LONGEST:
        return None
    query = select(station_key.c.name, station_key.c.kind).where(
        station_key.c.key_hash == _hashed(key), station_key.c.revoked_at.is_(None)
    )
    return connection.execute(query).one_or_none()


def is_known(connection: Connection, name: str) -> bool:
    """Whether a key of that name was ever made."""
    return connection.scalar(select(station_key.c.name).where(station_key.c.name == name)) is not None


def revoke(connection: Connection, name: str, *, at: datetime) -> bool:
    """Make a key useless; whether there was one in use."""
    revoking = update(station_key).where(station_key.c.name == name, station_key.c.revoked_at.is_(None))
    return connection.execute(revoking.values(revoked_at=at)).rowcount > 0


def listed(connection: Connection) -> list[Any]:
    """Every key ever made, by name."""
    return list(connection.execute(select(station_key).order_by(station_key.c.name)))


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
