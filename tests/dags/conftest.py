"""A migrated Airflow of the tests' own, from the committed airflow.cfg; the project's var/ is untouched."""

from __future__ import annotations

import os
import secrets
import socket
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from mailers.catcher import MailCatcher
from pipeline.insured.load_register import load_register
from pipeline.sample.demo_set import make_demo_set
from pipeline.settings import ROOT
from pipeline.store.engine import Database


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
    """The committed configuration with everything generated under `home`, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": "pipeline.local_airflow.SQLITE_PATIENCE",
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

        return DagBag(str(ROOT / "dags"))


@pytest.fixture
def night(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sample files in a drop folder, a loaded register, and the tasks' settings pointing there."""
    now = datetime.now(UTC)
    made = make_demo_set(tmp_path, today=now.date(), file_date=date(2015, 8, 20))
    load_register(sqlite_database, made.register, now=now, today=now.date())
    for name, value in {
        "VAR_DIR": tmp_path,
        "DATABASE_URL": sqlite_database.engine.url.render_as_string(),
        "SETTLE_SECONDS": 0,
    }.items():
        monkeypatch.setenv(f"NHICARD_{name}", str(value))
    return tmp_path


@pytest.fixture
def caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a mail catcher that the tasks deliver to."""
    with MailCatcher(tmp_path / "mail") as catcher:
        host, port = catcher.address
        monkeypatch.setenv("NHICARD_SMTP_HOST", host)
        monkeypatch.setenv("NHICARD_SMTP_PORT", str(port))
        monkeypatch.setenv("NHICARD_SMTP_TLS", "none")
        yield tmp_path / "mail"
