"""A migrated Airflow of the tests' own, from the committed airflow.cfg; no DAG run touches the project's var/."""

from __future__ import annotations

import os
import secrets
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import ROOT


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Point Airflow at a temporary home before its first import in this process."""
    home = tmp_path_factory.mktemp("airflow")
    (home / "plugins").mkdir()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in airflow_environment(home).items():
            environment.setenv(name, value)
        yield home


def airflow_environment(home: Path) -> dict[str, str]:
    """The committed configuration with everything generated under `home`."""
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(home / "logs/dag_processor"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "NHICARD_RETRY_SECONDS": "1",  # read when the DAG is parsed
        "AIRFLOW__API_AUTH__JWT_SECRET": os.environ.get(
            "AIRFLOW__API_AUTH__JWT_SECRET", secrets.token_hex(64)
        ),
    }


@pytest.fixture(scope="session")
def dag_bag(airflow_home: Path) -> Any:
    """Our DAG folder as Airflow loads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Airflow's own, at import
        from pipeline.local_airflow import prepare_airflow

        prepare_airflow()
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(str(ROOT / "dags"))
    return bag
