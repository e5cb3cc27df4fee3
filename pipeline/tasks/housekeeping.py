"""What the daily DAG's tasks and `nhicard housekeeping` call: a day in, counts out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from pipeline import clock
from pipeline.accounts.lapse_registrations import lapse_registrations
from pipeline.bulk.purge_hand_ins import purge_hand_ins
from pipeline.settings import Settings, load_settings
from pipeline.store.engine import Database
from pipeline.store.ready import ready_database


def lapse(as_of: date | None = None) -> dict[str, int]:
    """Let applications lapse whose last day is before that day, by default today."""
    settings, database = _ready()
    return asdict(lapse_registrations(database, settings, today=as_of or clock.today(), at=clock.now()))


def purge(as_of: date | None = None) -> dict[str, int]:
    """Delete what employers handed in once its time is over."""
    settings, database = _ready()
    return asdict(purge_hand_ins(database, settings, today=as_of or clock.today()))


def _ready() -> tuple[Settings, Database]:
    settings = load_settings()
    return settings, ready_database(settings)
