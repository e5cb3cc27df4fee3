"""An installation of a benchmark holds the register and the files it was asked for, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from benchmarks import nights
from benchmarks.nights import Kind
from benchmarks.sizes import SIZES
from pipeline.store.engine import Database
from pipeline.store.tables import batch, coverage

SMOKE = SIZES["smoke"]


@pytest.mark.parametrize("kind", nights.KINDS)
def test_an_installation_holds_the_register_and_the_first_files(kind: Kind) -> None:
    night = nights.night_of(SMOKE)
    with nights.installation(kind, night, files=3) as installation:
        names = [path.name for path in sorted(installation.inbox.iterdir())]
        assert names == [path.name for path in night.hand_ins()[:3]]
        assert rows(installation.url) == (0, True)
    assert not installation.folder.exists()
    with nights.installation(kind) as installation:
        assert list(installation.inbox.iterdir()) == []
        assert rows(installation.url) == (0, False)


def rows(url: str) -> tuple[int, bool]:
    """How many files are recorded, and whether anybody is insured."""
    database = Database(url)
    with database.reading() as connection:
        files = connection.scalar(select(func.count()).select_from(batch)) or 0
        insured = connection.scalar(select(func.count()).select_from(coverage)) or 0
    database.engine.dispose()
    return files, insured > SMOKE.people / 2
