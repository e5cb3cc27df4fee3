"""People with cards, on each of the two databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.store.engine import Database
from tests.reader_station.people import People


@pytest.fixture
def people(database: Database, tmp_path: Path) -> People:
    """A register that a test fills."""
    return People.opened(database, tmp_path)
