"""What most commands begin with: the settings, a database that is ready, and who is asking."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from pipeline.errors import MachineUnusable
from pipeline.settings import Settings, load_settings
from pipeline.store.engine import Database
from pipeline.store.migrate import require_migrated


def ready_database(*, inbox: Path | None = None) -> tuple[Settings, Database]:
    """The settings and the migrated business database.

    Raises:
        MachineUnusable: a setting does not fit, or the database is away or not yet made.
    """
    settings = load_settings()
    if inbox is not None:
        settings = settings.model_copy(update={"inbox_dir": inbox})
    database = Database(settings.database)
    path = database.engine.url.database
    if database.dialect == "sqlite" and path and not Path(path).exists():
        # Asked for its tables, SQLite would make an empty file, or name no file when the folder is missing.
        raise MachineUnusable(f"there is no database {path} yet: run `nhicard init-db` first")
    require_migrated(database)
    return settings, database


def operator() -> str:
    """Who gives the command, for the audit: the name on this machine, or the number where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return f"user {os.getuid()}"
