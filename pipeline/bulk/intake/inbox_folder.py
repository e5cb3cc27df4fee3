"""The drop folder: which files lie there complete, and where each goes once it is recorded."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pipeline.errors import MachineUnusable

log = logging.getLogger(__name__)

Shelf = Literal["processed", "refused"]
SHELVES: Final[tuple[Shelf, ...]] = ("processed", "refused")
# In bytes; file systems take 255, and a number and the note's ending must still fit behind.
LONGEST_SHELVED_NAME: Final = 220


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of the drop folder as the second look saw it."""

    path: Path
    size: int
    mtime_ns: int


def settled_files(
    folder: Path, *, settle_seconds: float, sleep: Callable[[float], None] = time.sleep
) -> list[FoundFile]:
    """The files that did not change between two looks, by name; one still being written waits.

    Raises:
        MachineUnusable: the folder does not exist or cannot be used.
    """
    try:
        for shelf in SHELVES:
            (folder / shelf).mkdir(
                mode=0o700, exist_ok=True
            )  # not the folder itself: a share may not be mounted
        first = set(_look(folder))
        if first:
            sleep(settle_seconds)
        return sorted(first & set(_look(folder)), key=lambda found: found.path.name)
    except FileNotFoundError:
        advice = "does not exist; is its share mounted? else make it, or set NHICARD_INBOX_DIR"
        raise MachineUnusable(f"drop folder {folder} {advice}") from None
    except OSError as error:
        raise MachineUnusable(f"drop folder {folder}: {error.strerror}") from None


def read(found: FoundFile, *, max_bytes: int) -> tuple[bytes | None, str] | None:
    """The file's bytes (None above `max_bytes`) and their SHA-256; None when it went or changed meanwhile.

    A file that we may not read stays where it is, and the log says so: one sender must not hold the night.

    Raises:
        MachineUnusable: it cannot be read.
    """
    content = None
    try:
        if found.size > max_bytes:
            with found.path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        else:
            content = found.path.read_bytes()
            sha256 = hashlib.sha256(content).hexdigest()
        return (content, sha256) if _is_unchanged(found) else None
    except FileNotFoundError:
        return None
    except PermissionError:
        log.warning("A file of %s may not be read and stays there: see its owner and mode", found.path.parent)
        return None
    except OSError as error:
        raise MachineUnusable(f"drop folder {found.path.parent}: {error.strerror}") from None


def shelve(found: FoundFile, shelf: Shelf, *, batch_id: int, note: str = "") -> bool:
    """Move a recorded original to its shelf, a note about it beside; whether it need not be looked at again.

    Gone already: another process moved it. Changed meanwhile: it stays, as a new hand-in. One that cannot be
    moved stays for the next run, and the log says so: it is recorded, and the night goes on.
    """
    path = found.path
    target = path.parent / shelf / _cut(path.name)
    try:
        if target.exists():
            target = target.with_name(f"{target.stem}.{batch_id}{target.suffix}")
        if _is_unchanged(found):
            if note:
                target.with_name(f"{target.name}.refused.txt").write_text(note, encoding="utf-8-sig")
            path.rename(target)
    except FileNotFoundError:
        return True
    except OSError as error:
        log.warning("The file of batch %s cannot be moved to %s/: %s", batch_id, shelf, error.strerror)
        return False
    return True


def _is_unchanged(found: FoundFile) -> bool:
    seen = found.path.lstat()
    return (seen.st_size, seen.st_mtime_ns) == (found.size, found.mtime_ns)


def _cut(name: str) -> str:
    while len(os.fsencode(name)) > LONGEST_SHELVED_NAME:
        name = name[:-1]
    return name


def _look(folder: Path) -> Iterator[FoundFile]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith((".", "~$")):
                with suppress(FileNotFoundError):  # shelved by another process since the folder was listed
                    seen = entry.stat(follow_symlinks=False)
                    yield FoundFile(Path(entry.path), seen.st_size, seen.st_mtime_ns)


def purge_shelves(folder: Path, *, older_than: datetime) -> int:
    """Delete shelved files (and notes) that were last changed on disk before a moment; return how many.

    Raises:
        MachineUnusable: one cannot be deleted.
    """
    gone = 0
    try:
        for shelf in SHELVES:
            for path in (folder / shelf).glob("*"):
                # ctime: a rename sets it, so this is the time since the file was shelved.
                if path.is_file() and path.stat().st_ctime < older_than.timestamp():
                    path.unlink()
                    gone += 1
    except OSError as error:
        raise MachineUnusable(f"drop folder {folder}: {error.strerror}") from None
    return gone
