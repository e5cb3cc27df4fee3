"""Whether the register may be judged by: it is there, and it is not old."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.errors import MachineUnusable
from pipeline.insured.queries import register
from pipeline.store.engine import Database


class RegisterTooOld(MachineUnusable):
    """The night is held: an old register judges nobody."""


def require_register(database: Database) -> None:
    """Stop before every unit looks unknown.

    Raises:
        MachineUnusable: no register was ever loaded.
    """
    with database.reading() as connection:
        if register.latest_load(connection) is None:
            raise MachineUnusable("no register is loaded yet: run `nhicard load-register DIR` first")


def require_fresh_register(database: Database, *, max_age_days: int, now: datetime) -> None:
    """Hold the night while the register is missing or old.

    Raises:
        RegisterTooOld: saying how old, and what to do.
    """
    with database.reading() as connection:
        loaded_at = register.latest_load(connection)
    if loaded_at is None:
        raise RegisterTooOld("no register is loaded yet: run `nhicard load-register DIR` first")
    age = now - loaded_at
    if age > timedelta(days=max_age_days):
        raise RegisterTooOld(
            f"the register is {age.days} days old (at most {max_age_days}): nobody was "
            "judged; run `nhicard load-register DIR` with the newest files, then run again"
        )
