"""The settings and the database of this process."""

from __future__ import annotations

from pathlib import Path

from pipeline.settings import Settings, load_settings
from pipeline.store.engine import Database
from pipeline.store.ready import ready_database


def open_database(*, inbox: Path | None = None) -> tuple[Settings, Database]:
    """The settings (with another drop folder, if one is given) and the migrated business database.

    Raises:
        MachineUnusable: a setting does not fit, or the database is away or not yet made.
    """
    settings = load_settings()
    if inbox is not None:
        settings = settings.model_copy(update={"inbox_dir": inbox})
    return settings, ready_database(settings)
