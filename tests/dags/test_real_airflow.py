"""Airflow's real components, started from the committed airflow.cfg as `make up` starts them."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pipeline.local_airflow import airflow_running, passwords
from pipeline.store import batches
from pipeline.store.engine import Database
from tests.personal_values import files_with_personal_values, personal_values

pytestmark = pytest.mark.filterwarnings("ignore")
DAG = "/api/v2/dags/employer_bulk_registration"
ENDS_WITHIN = 150.0  # seconds


class _Operator:
    """Somebody who is signed in to Airflow's API."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._token = ""
        signed_in = self.ask(
            "POST", "/auth/token", {"username": "operator", "password": passwords()["operator"]}
        )
        self._token = signed_in["access_token"]

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = Request(self._address + path, method=method)
        request.add_header("Content-Type", "application/json")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        with urlopen(request, json.dumps(body).encode() if body is not None else None, timeout=30) as answer:
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
    """The dag-processor needs a moment to store the DAG; a run of dag.test() may have left it paused."""
    deadline = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < deadline:
        with suppress(HTTPError):  # not there yet, or only half of it
            operator.ask("PATCH", DAG, {"is_paused": False})
            return
        time.sleep(1)
    raise AssertionError("the DAG did not appear")


def test_the_dag_succeeds_on_the_real_components_when_triggered_by_the_api(
    airflow_home: Path, night: Path, caught: Path, sqlite_database: Database
) -> None:
    with airflow_running() as address:
        operator = _Operator(address)
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
    logs = [path for path in (airflow_home / "logs").rglob("*.log") if path.is_file()]
    assert {path.stem for path in logs} >= {"scheduler", "api-server", "dag-processor", "attempt=1"}
    assert files_with_personal_values(personal_values(night), logs) == []
