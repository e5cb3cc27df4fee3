"""An office and a register of people with cards, on each of the two databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.store.engine import Database
from tests.journey.office import Office
from tests.pipeline.people import People


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """Two units, a fresh register, an empty drop folder; once on each kind of database."""
    return Office.opened(database, tmp_path)


@pytest.fixture
def people(database: Database, tmp_path: Path) -> People:
    """A register that a test fills."""
    return People.opened(database, tmp_path)
