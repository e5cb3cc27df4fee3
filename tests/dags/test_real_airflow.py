"""Airflow's real components, started from the committed airflow.cfg as `make up` starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pipeline.bulk.queries import batches
from pipeline.settings import ROOT
from pipeline.store.engine import Database
from tests.dags.conftest import airflow_environment
from tests.personal_values import files_with_personal_values, personal_values

pytestmark = pytest.mark.filterwarnings("ignore")
DAG = "/api/v2/dags/employer_bulk_registration"
ENDS_WITHIN = 150.0  # seconds
ANSWERS_WITHIN = 90.0  # seconds; longer than Airflow waits for its one SQLite file


# In a process and a home of its own: DAGs run in this one may still hold its database.
PROGRAM = """
import sys
from pipeline.local_airflow import airflow_running
with airflow_running() as address:
    print(address, flush=True)
    sys.stdin.read()
"""


@contextmanager
def _running(home: Path) -> Iterator[_Operator]:
    """Everything that `make up` starts of Airflow, and somebody signed in to it."""
    (home / "plugins").mkdir(parents=True)
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    mine = {name: value for name, value in os.environ.items() if "AIRFLOW" not in name}
    # Only the DAG that is tested runs: the machine and the one SQLite file are its own.
    environment = mine | airflow_environment(home) | {"AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, cwd=ROOT, **pipes) as process:
        try:
            told = (line.strip() for line in process.stdout or ())
            address = next(line for line in told if line.startswith("http://"))
            yield _Operator(address, json.loads((home / "passwords.json").read_text())["operator"])
        finally:
            process.communicate("", timeout=60)


class _Operator:
    """Somebody who is signed in to Airflow's API."""

    def __init__(self, address: str, password: str) -> None:
        self._address = address
        self._token = ""
        signed_in = self.ask("POST", "/auth/token", {"username": "operator", "password": password})
        self._token = signed_in["access_token"]

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = Request(self._address + path, method=method)
        request.add_header("Content-Type", "application/json")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        content = json.dumps(body).encode() if body is not None else None
        with urlopen(request, content, timeout=ANSWERS_WITHIN) as answer:
            return json.load(answer)


def _await_end(operator: _Operator, run_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < deadline:
        run: dict[str, Any] = operator.ask("GET", f"{DAG}/dagRuns/{run_id}")
        if run["state"] in {"success", "failed"}:
            return run
        time.sleep(1)
    raise AssertionError(f"the run did not end: {run['state']}")


def _await_dag(operator: _Operator) -> None:
    """The dag-processor needs a moment to store the DAG."""
    deadline = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < deadline:
        with suppress(HTTPError):  # not there yet, or only half of it
            operator.ask("PATCH", DAG, {"is_paused": False})
            return
        time.sleep(1)
    raise AssertionError("the DAG did not appear")


def test_the_dag_succeeds_on_the_real_components_when_triggered_by_the_api(
    night: Path, caught: Path, sqlite_database: Database, tmp_path: Path
) -> None:
    home = tmp_path / "airflow"
    with _running(home) as operator:
        _await_dag(operator)
        asked = operator.ask("POST", f"{DAG}/dagRuns", {"logical_date": None, "conf": {"dry_run": False}})
        run = _await_end(operator, asked["dag_run_id"])
        # A new installation starts last night's run at once, and one run at a time: either may do the work.
        tasks = operator.ask("GET", f"{DAG}/dagRuns/~/taskInstances?limit=100")["task_instances"]
    assert run["state"] == "success"
    assert "chunk 1" in {task["rendered_map_index"] for task in tasks}
    with sqlite_database.reading() as connection:
        assert batches.count_by_state(connection) == {"done": 3, "refused": 1}
    assert len(list(caught.glob("*.eml"))) > 950
    logs = [path for path in (home / "logs").rglob("*.log") if path.is_file()]
    assert {path.stem for path in logs} >= {"scheduler", "api-server", "dag-processor", "attempt=1"}
    assert files_with_personal_values(personal_values(night), logs) == []
