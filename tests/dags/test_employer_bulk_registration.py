"""The nightly DAG: wiring, and whole runs of it in this process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.bulk.queries import runs
from pipeline.settings import ROOT
from pipeline.store.engine import Database
from pipeline.tasks.night import NIGHT

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Airflow's own deprecations are not ours to fix
]
DAG_ID = "employer_bulk_registration"
DAG_IDS = {DAG_ID, "employer_mail_intake", "mail_delivery", "registration_housekeeping"}
WHOLE_NIGHT = {"dry_run": False}  # said each time: a test run leaves its parameters in the loaded DAG


def _states(run: Any) -> dict[str, set[str]]:
    states: dict[str, set[str]] = {}
    for task in run.get_task_instances():
        states.setdefault(task.task_id, set()).add(str(task.state))
    return states


def test_every_dag_file_loads(dag_bag: Any) -> None:
    assert dag_bag.import_errors == {}
    assert set(dag_bag.dags) == DAG_IDS


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_each_dag_explains_itself_and_retries(dag_bag: Any, dag_id: str) -> None:
    dag = dag_bag.dags[dag_id]
    assert "Safe to repeat" in dag.doc_md
    assert dag.timezone.name == "Asia/Taipei"
    assert (dag.catchup, dag.max_active_runs) == (False, 1)
    assert {
        task.task_id for task in dag.tasks if task.retries < 3 or task.on_failure_callback is None
    } == set()


def test_the_dag_waits_as_the_nights_stages_say(dag_bag: Any) -> None:
    dag = dag_bag.dags[DAG_ID]
    assert {stage.task: set(stage.after) for stage in NIGHT} == {
        stage.task: dag.get_task(stage.task).upstream_task_ids for stage in NIGHT
    }


def test_registering_has_a_pool_of_its_own(dag_bag: Any) -> None:
    assert dag_bag.dags[DAG_ID].get_task("register_chunk").pool == "registering"


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_parsing_a_dag_imports_no_pandas(airflow_home: Path, dag_id: str) -> None:
    code = (
        f"import sys, runpy; runpy.run_path('dags/{dag_id}.py');"
        "print([name for name in ('pandas', 'pandera', 'pyarrow', 'pipeline.store.tables')"
        " if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr[-2000:]


def test_a_night_registers_answers_and_counts(
    dag_bag: Any, night: Path, caught: Path, sqlite_database: Database
) -> None:
    run = dag_bag.dags[DAG_ID].test(run_conf=WHOLE_NIGHT)
    assert run.state == "success"
    assert {state for states in _states(run).values() for state in states} == {"success"}
    with sqlite_database.reading() as connection:
        run_id = runs.newest(connection)
        states = runs.count_states(connection, run_id)
    assert (states["done"], states["refused"]) == (3, 1)
    assert len(list(caught.glob("*.eml"))) > 950


def test_a_dry_run_ends_after_its_rehearsal(dag_bag: Any, night: Path, sqlite_database: Database) -> None:
    run = dag_bag.dags[DAG_ID].test(run_conf={"dry_run": True})
    states = _states(run)
    assert states.pop("open_night") == {"success"}
    assert {state for found in states.values() for state in found} == {"skipped"}
    assert len(list((night / "inbox").glob("*.*"))) == 4


def test_a_failed_task_makes_the_run_red_and_mail_still_goes_out(
    dag_bag: Any, night: Path, caught: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NHICARD_REGISTER_MAX_AGE_DAYS", "0")  # a register of a moment ago is too old
    monkeypatch.setenv("NHICARD_STAFF_MAIL", "operators@nhi.example.com")
    run = dag_bag.dags[DAG_ID].test(run_conf=WHOLE_NIGHT)
    states = _states(run)
    assert states["collect"] == {"success"}
    assert states["plan"] == {"failed"}
    assert states["deliver"] == states["report"] == {"success"}
    assert run.state == "failed"
    mails = [path.read_bytes() for path in caught.glob("*.eml")]
    assert len(mails) == 1  # the notice to operators; the refused name has no unit to answer
