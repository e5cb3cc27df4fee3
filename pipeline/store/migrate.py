"""Bring the business database to the newest migration (`sql/migrations`, Alembic, forward only)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from pipeline.errors import MachineUnusable
from pipeline.settings import ROOT
from pipeline.store.engine import Database

MIGRATIONS: Final = ROOT / "sql" / "migrations"


def migrate(database: Database) -> None:
    """Create the tables, or bring them to the newest shape; safe to call again.

    Raises:
        MachineUnusable: the database is away, or its folder cannot be written.
    """
    _make_folder(database)
    with database.transaction() as connection:
        command.upgrade(_config(connection), "head")


def require_migrated(database: Database) -> None:
    """Stop early, with the way out, when the tables are not there or are old.

    Raises:
        MachineUnusable: saying `nhicard init-db`.
    """
    with database.reading() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != ScriptDirectory(str(MIGRATIONS)).get_current_head():
        raise MachineUnusable("the business database is not ready: run `nhicard init-db` first")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _make_folder(database: Database) -> None:
    path = database.engine.url.database
    if database.dialect == "sqlite" and path and path != ":memory:":
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).touch(mode=0o600)  # card numbers are first passwords: readable by its owner only
        except OSError as error:
            raise MachineUnusable(f"cannot make the database's folder: {error.strerror}") from None
