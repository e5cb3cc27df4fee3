"""The drop folder on a real file system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.bulk.intake import inbox_folder

NOBODY = 65534


@contextmanager
def _as_ordinary_user() -> Iterator[None]:
    """Root may read everything: be somebody else for a moment."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def test_a_file_that_may_not_be_read_stays_and_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "11000000120261121.CSV"
    path.write_text("secret")
    path.chmod(0)
    (found,) = inbox_folder.settled_files(tmp_path, settle_seconds=0)
    with _as_ordinary_user():
        assert inbox_folder.read(found, max_bytes=100) is None
    assert path.exists()
    assert "may not be read" in caplog.text


def test_a_file_that_goes_while_the_folder_is_being_read_is_no_fault_of_the_folder(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.CSV" for number in range(3)]
    for path in paths:
        path.write_text("content")
    looking = inbox_folder._look(tmp_path)
    first = next(looking)
    for path in paths:  # another process shelves them all
        path.unlink()
    assert [first, *looking] == [first]
