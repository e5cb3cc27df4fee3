"""Uploaded files, judged as the night would: in a private folder that is deleted before the answer."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import BoundedSemaphore
from typing import BinaryIO, Final

from pipeline.bulk.check.check_files import check_files
from pipeline.bulk.intake.employer_file.opening import FileLimits
from pipeline.bulk.rules.file_report import FileReport
from pipeline.errors import MachineUnusable

# Judging is pure computing: more at once would make each slower and need more memory.
AT_ONCE: Final = 2
PATIENCE_SECONDS: Final = 30.0
LONGEST_NAME_BYTES: Final = 200  # a file system takes 255

_slots: Final = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser sent it: its name, and its bytes as a stream."""

    name: str = field(repr=False)
    content: BinaryIO = field(repr=False)


def judge(uploads: Sequence[Upload], *, received_on: date, limits: FileLimits) -> list[FileReport]:
    """The report of each file, in the order given; no copy of a file stays on this machine.

    Raises:
        MachineUnusable: too many files are being checked, or the temporary folder cannot be used.
    """
    if not _slots.acquire(timeout=PATIENCE_SECONDS):
        raise MachineUnusable("too many file checks at once")
    try:
        with tempfile.TemporaryDirectory(prefix="nhicard-check-") as folder:
            paths = [_write_upload(Path(folder) / str(place), upload) for place, upload in enumerate(uploads)]
            found = list(check_files(paths, received_on=received_on, limits=limits))
    except OSError as error:
        raise MachineUnusable(f"cannot use the temporary folder: {error.strerror}") from None
    finally:
        _slots.release()
    reports = [report for report in found if isinstance(report, FileReport)]
    if len(reports) < len(found):
        raise MachineUnusable("cannot read back a file in the temporary folder")
    return reports


def file_name(given: str) -> str:
    r"""The name as a file system accepts it; the check judges names too.

    >>> file_name("C:\\名冊\\11000000120150820.CSV"), file_name(".."), len(file_name("名" * 300).encode())
    ('11000000120150820.CSV', '_', 198)
    """
    last = given.replace("\\", "/").rpartition("/")[2].replace("\0", "_")
    cut = last.encode("utf-8", "replace")[:LONGEST_NAME_BYTES].decode("utf-8", "ignore")
    return cut if cut.strip(".") else "_"


def _write_upload(folder: Path, upload: Upload) -> Path:
    """Write an upload into a folder of its own: two may have the same name."""
    folder.mkdir()
    path = folder / file_name(upload.name)
    with path.open("wb") as file:
        shutil.copyfileobj(upload.content, file)
    return path
