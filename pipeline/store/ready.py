"""The business database, when it is there and has today's tables."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import MachineUnusable
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.store.migrate import require_migrated


def ready_database(settings: Settings) -> Database:
    """The database that the settings name.

    Raises:
        MachineUnusable: it is away, or not yet made or migrated (saying `nhicard init-db`).
    """
    database = Database(settings.database)
    path = database.engine.url.database
    if database.dialect == "sqlite" and path and not Path(path).exists():
        # Asked for its tables, SQLite would make an empty file, or name no file when the folder is missing.
        raise MachineUnusable(f"there is no database {path} yet: run `nhicard init-db` first")
    require_migrated(database)
    return database
