"""Where the nightly job writes: the var folder, the drop folder, and the disk below them."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.finding import Finding, judged
from pipeline.settings import Settings

# Our choice: room to notice in time; a full disk stops the database in the middle of a night.
FREE_BYTES: Final = 2 * 1024**3
GIGABYTE: Final = 1024**3


def folders(settings: Settings) -> Iterator[Finding]:
    """Can the job write where it must, and is there room?"""
    yield _var_folder(settings.var_dir)
    yield _disk(settings.var_dir)
    yield _drop_folder(settings.inbox)


def write_fault(folder: Path) -> str:
    """Why no file can be made in the folder; empty text: one was made (and is gone again)."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__


def make_folder(folder: Path) -> str:
    """How to get a folder that can be written."""
    return f"mkdir -p {shlex.quote(str(folder))} (it must belong to the user who runs the job)"


def _var_folder(folder: Path) -> Finding:
    # The job makes it when it is missing, so its nearest ancestor is what counts then.
    fault = write_fault(_nearest_existing(folder))
    missing = "" if folder.is_dir() else " (not there yet: made when needed)"
    return judged(
        "資料資料夾 Var folder",
        recommended="can be written",
        current=f"{folder}: {fault}" if fault else f"{folder}{missing}",
        is_fine=not fault,
        how_to_fix=f"{make_folder(folder)}, or set NHICARD_VAR_DIR",
    )


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(_nearest_existing(folder)).free
    return judged(
        "磁碟空間 Disk space",
        recommended=f"at least {FREE_BYTES / GIGABYTE:.0f} GB free",
        current=f"{free / GIGABYTE:.1f} GB free",
        is_fine=free >= FREE_BYTES,
        how_to_fix="make room, shorten NHICARD_RETENTION_DAYS, or point NHICARD_VAR_DIR at a larger disk",
    )


def _drop_folder(folder: Path) -> Finding:
    fault = write_fault(folder)
    return judged(
        "投檔資料夾 Drop folder",
        recommended="there, and can be written (files are moved out of it)",
        current=f"{folder}: {fault}" if fault else str(folder),
        is_fine=not fault,
        how_to_fix=f"{make_folder(folder)}, or set NHICARD_INBOX_DIR",
    )


def _nearest_existing(folder: Path) -> Path:
    return next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path("/"))
