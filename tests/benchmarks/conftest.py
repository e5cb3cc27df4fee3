"""Data of the benchmarks apart from what `make bench` keeps."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def bench_dir() -> Iterator[None]:
    """A folder of this process; its path is short, for PostgreSQL's socket lies in it."""
    folder = tempfile.mkdtemp(prefix="bench")
    atexit.register(shutil.rmtree, folder)  # the last registered is the first called: PostgreSQL stops before
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BENCH_DIR", folder)
        yield
