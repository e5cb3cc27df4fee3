"""What Airflow's own database says about our pool and our DAG, read without importing Airflow (seconds)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import URL, NullPool, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from pipeline.doctor.queries.vital_signs import SECONDS_TO_CONNECT
from pipeline.errors import MachineUnusable
from pipeline.store.engine import faults_without_values

_POOL: Final = text("SELECT slots FROM slot_pool WHERE pool = :name")
_DAG: Final = text("SELECT is_paused FROM dag WHERE dag_id = :name")


@dataclass(frozen=True, slots=True)
class AirflowState:
    """`pool_slots` None: no such pool; `is_paused` None: Airflow has not seen the DAG."""

    pool_slots: int | None
    is_paused: bool | None


def look(url: str, *, pool: str, dag_id: str) -> AirflowState:
    """Read the pool and the DAG's switch; changes nothing, makes no file.

    Raises:
        MachineUnusable: the database is away or not made yet, or is of a kind that is not read here.
    """
    try:
        engine = create_engine(_for_reading(make_url(url)), poolclass=NullPool, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise MachineUnusable("only Airflow databases on SQLite and PostgreSQL are read here") from None
    with faults_without_values(engine), engine.connect() as connection:
        slots: Any = connection.scalar(_POOL, {"name": pool})
        is_paused: Any = connection.scalar(_DAG, {"name": dag_id})
    return AirflowState(slots, None if is_paused is None else bool(is_paused))


def _for_reading(url: URL) -> URL:
    kind = url.get_backend_name()
    if kind == "sqlite":
        return URL.create(
            "sqlite+pysqlite", database=f"file:{url.database}", query={"mode": "ro", "uri": "true"}
        )
    if kind == "postgresql":  # Airflow's own driver may be another one
        patience = {"connect_timeout": str(SECONDS_TO_CONNECT)}
        return url.set(drivername="postgresql+psycopg").update_query_dict(patience)
    raise ArgumentError(kind)
