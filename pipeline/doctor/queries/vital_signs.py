"""What a person who looks after the business database wants to know first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from pipeline.bulk.rules.batch_states import BatchState
from pipeline.store.engine import Database
from pipeline.store.tables import audit_event, batch, register_load, run

SECONDS_TO_CONNECT: Final = 5  # a person waits for the answer; the job itself waits longer


@contextmanager
def opened_briefly(url: str) -> Iterator[Database]:
    """The database, given up after a few seconds when its server is silent, and let go of at the end.

    Raises:
        MachineUnusable: the URL is of no kind we know.
    """
    with suppress(ArgumentError):  # `Database` says what is wrong with it
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql" and "connect_timeout" not in parsed.query:
            parsed = parsed.update_query_dict({"connect_timeout": str(SECONDS_TO_CONNECT)})
            url = parsed.render_as_string(hide_password=False)
    database = Database(url)
    try:
        yield database
    finally:
        database.engine.dispose()


def kind(connection: Connection) -> str:
    """The database's product and version, as people say it."""
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.dialect.name]
    return f"{name} {'.'.join(map(str, connection.dialect.server_version_info or ()))}"


def journal_mode(connection: Connection) -> str:
    """How this SQLite file is journalled: `wal` when all is as we ask for."""
    return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())


def newest_moment(connection: Connection) -> datetime | None:
    """The newest moment that anything recorded (UTC), or None in an empty database."""
    columns = (
        audit_event.c.happened_at,
        batch.c.received_at,
        register_load.c.loaded_at,
        run.c.started_at,
    )
    found = [connection.scalar(select(func.max(column))) for column in columns]
    return max((moment for moment in found if moment is not None), default=None)


def oldest_unanswered(connection: Connection) -> datetime | None:
    """When the oldest file that waits for a night reached us (UTC), or None; held ones wait for people."""
    query = select(func.min(batch.c.received_at)).where(batch.c.state == BatchState.WAITING)
    oldest: datetime | None = connection.scalar(query)
    return oldest
