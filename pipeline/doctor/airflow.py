"""Airflow: installed, configured, with the pool that registering needs and the DAG switched on.

Read from its files and its database; importing it would take seconds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from configparser import ConfigParser, Error
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from string import Template
from typing import Final

from pipeline.errors import MachineUnusable
from pipeline.finding import Finding, judged
from pipeline.local_airflow import DAG_ID, POOL
from pipeline.settings import ROOT, Settings

SERIES: Final = "3.3"
CONNECTION: Final = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"

CONFIGURATION: Final = "Airflow 設定檔 Airflow configuration"
DATABASE: Final = "Airflow 資料庫 Airflow database"


def airflow(settings: Settings) -> Iterator[Finding]:
    """Every row about Airflow; one that is not installed or not configured ends them."""
    installed = _installed()
    yield judged(
        "Airflow 套件 Airflow package",
        recommended=f"{SERIES}.x (without it: nhicard run-batch from cron)",
        current=installed or "not installed",
        is_fine=installed.startswith(f"{SERIES}."),
        how_to_fix="pip install 'nhicard[airflow]' with the pins of requirements/",
    )
    if installed:
        yield from _configured(settings)


def _installed() -> str:
    try:
        return version("apache-airflow")
    except PackageNotFoundError:
        return ""


def _configured(settings: Settings) -> Iterator[Finding]:
    home = Path(os.environ.get("AIRFLOW_HOME", ROOT)).expanduser()
    path = Path(os.environ.get("AIRFLOW_CONFIG", home / "airflow.cfg")).expanduser()
    yield judged(
        CONFIGURATION,
        recommended="AIRFLOW_HOME names the folder of our airflow.cfg",
        current=str(path) if path.is_file() else f"no file {path}",
        is_fine=path.is_file(),
        how_to_fix=f"export AIRFLOW_HOME={ROOT}",
    )
    if path.is_file():
        yield from _database(settings, home, path)


def _database(settings: Settings, home: Path, path: Path) -> Iterator[Finding]:
    from pipeline.doctor.queries import airflow_database

    by_hand = f"AIRFLOW_HOME={home} airflow pools get {POOL}; airflow dags details {DAG_ID}"
    try:
        url = _connection_url(home, path)
        if not url:
            # Its value comes from a command or a vault, which are Airflow's to ask.
            yield judged(
                DATABASE,
                recommended="has the pool and the DAG",
                current=f"not looked at; to see: {by_hand}",
                is_fine=True,
                how_to_fix="",
            )
            return
        state = airflow_database.look(url, pool=POOL, dag_id=DAG_ID)
    except MachineUnusable as error:
        yield judged(
            DATABASE,
            recommended="made and reachable",
            current=str(error),
            is_fine=False,
            how_to_fix=f"AIRFLOW_HOME={home} airflow db migrate",
        )
        return
    yield _pool(settings, home, state.pool_slots)
    yield _dag(home, state.is_paused)


def _connection_url(home: Path, path: Path) -> str:
    """SQLAlchemy URL of Airflow's database; empty when it is set in a way that only Airflow resolves.

    Raises:
        MachineUnusable: the file cannot be read.
    """
    if {f"{CONNECTION}_CMD", f"{CONNECTION}_SECRET"} & set(os.environ):
        return ""
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (Error, OSError, UnicodeDecodeError) as error:
        raise MachineUnusable(f"{path} cannot be read: {type(error).__name__}") from None
    written: str = parser.get("database", "sql_alchemy_conn", fallback="")
    written = os.environ.get(CONNECTION, written)
    return Template(written).safe_substitute(os.environ | {"AIRFLOW_HOME": str(home)})


def _pool(settings: Settings, home: Path, slots: int | None) -> Finding:
    is_sqlite = settings.database.startswith("sqlite")
    is_fine = slots is not None and (slots == 1 if is_sqlite else slots >= 1)
    return judged(
        f"Airflow 資源池 Airflow pool {POOL}",
        recommended="1 slot: SQLite has one writer" if is_sqlite else "1 slot or more",
        current="not there: chunks would wait for ever" if slots is None else f"slots: {slots}",
        is_fine=is_fine,
        how_to_fix=f"AIRFLOW_HOME={home} airflow pools set {POOL} 1 'Chunks that register at once'",
    )


def _dag(home: Path, is_paused: bool | None) -> Finding:
    unseen = is_paused is None
    return judged(
        "Airflow 流程 Airflow DAG",
        recommended=f"{DAG_ID} is known and not paused",
        current="not seen yet" if unseen else "paused" if is_paused else "known, not paused",
        is_fine=is_paused is False,
        how_to_fix="start the dag-processor (`make up` starts all), then: "
        f"AIRFLOW_HOME={home} airflow dags list-import-errors"
        if unseen
        else f"AIRFLOW_HOME={home} airflow dags unpause {DAG_ID}",
    )
