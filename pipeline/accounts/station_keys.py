"""Keys of counter, kiosk and office stations: only a hash is kept, and the key is shown once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from pipeline.accounts.cards import Station
from pipeline.accounts.queries import stations as stored
from pipeline.errors import ArgumentRefused
from pipeline.store import audit
from pipeline.store.engine import Database, Work

KeyedKind = Literal["counter", "kiosk", "office"]
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown once."""

    name: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key as the list shows it."""

    name: str
    kind: KeyedKind
    created_at: datetime
    revoked_at: datetime | None


def recognise(database: Database, key: str, *, address: str) -> Station | None:
    """The station of a key that was not revoked, or None."""
    with database.reading() as connection:
        found = stored.find(connection, key)
    return Station(name=found.name, kind=found.kind, address=address) if found else None


def add(database: Database, name: str, kind: KeyedKind, *, actor: str, now: datetime) -> NewKey:
    """Make a key for a station.

    Raises:
        ArgumentRefused: the name is taken or unusable.
    """
    if not _NAME.fullmatch(name):
        raise ArgumentRefused("name a station with up to 40 letters, digits, dots, hyphens and underscores")
    with database.transaction(alone=Work.STATION_KEYS) as connection:
        if stored.is_known(connection, name):
            raise ArgumentRefused(f"there was a key {name} before: choose another name")
        key = stored.add(connection, name, kind, at=now)
        audit.note(connection, actor=actor, action="station_key.add", subject=f"station {name}", at=now)
    return NewKey(name, key)


def revoke(database: Database, name: str, *, actor: str, now: datetime) -> None:
    """Make the station's key useless from now on.

    Raises:
        ArgumentRefused: there is no such key in use.
    """
    with database.transaction() as connection:
        if not stored.revoke(connection, name, at=now):
            raise ArgumentRefused("there is no such key in use: see `nhicard station-key list`")
        audit.note(connection, actor=actor, action="station_key.revoke", subject=f"station {name}", at=now)


def listed(database: Database) -> list[KnownKey]:
    """Every key, by name; revoked ones too."""
    with database.reading() as connection:
        return [
            KnownKey(row.name, row.kind, row.created_at, row.revoked_at) for row in stored.listed(connection)
        ]
