"""What most commands begin with: the settings and a database that is ready."""

from __future__ import annotations

from pathlib import Path

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
    require_migrated(database)
    return settings, database
