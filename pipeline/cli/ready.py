"""What most commands begin with: the settings, a database that is ready, and who is asking."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from pipeline.settings import Settings, load_settings
from pipeline.store import ready
from pipeline.store.engine import Database


def ready_database(*, inbox: Path | None = None) -> tuple[Settings, Database]:
    """The settings and the migrated business database.

    Raises:
        MachineUnusable: a setting does not fit, or the database is away or not yet made.
    """
    settings = load_settings()
    if inbox is not None:
        settings = settings.model_copy(update={"inbox_dir": inbox})
    return settings, ready.ready_database(settings)


def operator() -> str:
    """Who gives the command, for the audit: the name on this machine, or the number where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return f"user {os.getuid()}"
