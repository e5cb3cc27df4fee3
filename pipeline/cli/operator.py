"""Who gives a command."""

from __future__ import annotations

import getpass
import os


def operator() -> str:
    """The name on this machine, for the audit; the user's number where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return f"user {os.getuid()}"
