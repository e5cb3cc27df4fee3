"""The housekeeping DAG over real data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.store.engine import Database
from pipeline.store.tables import registration
from tests.pipeline.people import People

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Airflow's own deprecations are not ours to fix
]


def test_an_application_of_last_week_lapses(
    dag_bag: Any, sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = People.opened(sqlite_database, tmp_path, now=datetime.now(UTC) - timedelta(days=7))
    people.apply(people.holder())
    people.now = datetime.now(UTC)
    people.apply(people.holder())
    monkeypatch.setenv("NHICARD_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("NHICARD_DATABASE_URL", sqlite_database.engine.url.render_as_string())
    run = dag_bag.dags["registration_housekeeping"].test()
    assert run.state == "success", {task.task_id: task.state for task in run.get_task_instances()}
    assert people.all(registration, "state") == [("LAPSED",), ("PENDING",)]
