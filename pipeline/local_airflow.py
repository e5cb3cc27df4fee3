"""Airflow on this machine, for demo, playground and tests: the only module of the package that touches it.

Airflow is imported inside functions, after the environment names its home.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from pipeline.errors import MachineUnusable
from pipeline.settings import ROOT, Settings, load_settings

DEMO_FOLDER: Final = ROOT / "var" / "demo"
DAG_ID: Final = "employer_bulk_registration"
POOL: Final = "registering"
COMPONENTS: Final = (
    ("api-server",),
    ("scheduler", "--skip-serve-logs"),  # its log server would listen on all interfaces
    ("dag-processor",),
)
SQLITE_PATIENCE: Final = {"timeout": 60}  # seconds; several DAGs write to Airflow's one SQLite file at once
USERS: Final = ("operator", "analyst")
STARTS_WITHIN: Final = 180.0  # seconds
STOPS_WITHIN: Final = 20.0  # seconds


def prepare_environment(folder: Path) -> Settings:
    """Keep everything of Airflow and of the business side under `folder`, whatever `.env` or the shell say.

    A demo that wrote made-up people into a real database, or took real mail out of it, would be a disaster.
    """
    folder = folder.absolute()
    os.environ |= {
        "AIRFLOW_HOME": str(ROOT),
        "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folder / "airflow_passwords.json"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/airflow.db",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": "pipeline.local_airflow.SQLITE_PATIENCE",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(folder / "logs"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(folder / "logs" / "dag_processor"),
        "NHICARD_VAR_DIR": str(folder),
        "NHICARD_DATABASE_URL": f"sqlite:///{folder}/nhicard.db",
        "NHICARD_INBOX_DIR": str(folder / "inbox"),
        "NHICARD_REGISTER_DIR": str(folder / "register"),
        "NHICARD_IMAP_URL": "",
        "NHICARD_BOUNCE_DOMAIN": "",
        "NHICARD_SMTP_USER": "",
        "NHICARD_SMTP_PASSWORD": "",
        "NHICARD_STAFF_MAIL": "operators@nhi.example.com",
        "NHICARD_RETRY_SECONDS": "2",
    }
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "WARNING")
    for needed in ("plugins", "inbox"):
        (folder / needed).mkdir(parents=True, exist_ok=True)
    return load_settings()


def prepare_airflow() -> None:
    """Airflow's own database and the pool for registering: one slot, as SQLite has one writer."""
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb

    initdb()
    Pool.create_or_update_pool(
        POOL, slots=1, description="Chunks that register at once: 1 on SQLite", include_deferred=False
    )


def run_dag_here() -> None:
    """Run the nightly DAG in this process, every task of it.

    Raises:
        MachineUnusable: the DAG does not load, or the run did not succeed.
    """
    prepare_airflow()
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(ROOT / "dags"))
    if bag.import_errors:
        raise MachineUnusable("the DAG does not load: see `airflow dags list-import-errors`")
    run = bag.dags[DAG_ID].test()
    if run.state != "success":
        raise MachineUnusable(f"the DAG run ended as {run.state}: see the lines above")


@contextmanager
def airflow_running() -> Iterator[str]:
    """Airflow's api-server, scheduler and dag-processor as processes of ours; yields the address.

    Raises:
        MachineUnusable: one of them ended, or did not answer in time.
    """
    passwords()
    prepare_airflow()
    from airflow.configuration import conf

    address = conf.get("api", "base_url").rstrip("/")
    log = Path(conf.get("logging", "base_log_folder")) / "components"
    log.mkdir(parents=True, exist_ok=True)
    airflow = Path(sys.executable).with_name("airflow")
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, *options in COMPONENTS:
            with (log / f"{name}.log").open("ab") as output:
                running[name] = subprocess.Popen(  # noqa: S603  our own words
                    [airflow, name, *options], stdout=output, stderr=output, start_new_session=True
                )
        _await_healthy(address, running)
        yield address
    finally:
        _stop(list(running.values()))


def passwords() -> dict[str, str]:
    """The sign-ins of the local Airflow, made once."""
    from airflow.configuration import conf

    path = Path(conf.get("core", "simple_auth_manager_passwords_file"))
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if set(USERS) - set(known):
        known = {user: secrets.token_urlsafe(9) for user in USERS} | known
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(known))
    return known


def _await_healthy(address: str, running: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        for name, process in running.items():
            if process.poll() is not None:
                raise MachineUnusable(f"Airflow's {name} ended at once: see its log under components/")
        with suppress(URLError, TimeoutError, ConnectionError):
            with urlopen(f"{address}/api/v2/monitor/health", timeout=5) as answer:  # noqa: S310  loopback
                health = json.load(answer)
            if all(health[part]["status"] == "healthy" for part in ("scheduler", "dag_processor")):
                return
        time.sleep(0.5)
    raise MachineUnusable("Airflow did not become healthy in time: see its logs under components/")


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """TERM to each whole process group, then KILL to what is left of it."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, sent)
        deadline = time.monotonic() + STOPS_WITHIN
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
