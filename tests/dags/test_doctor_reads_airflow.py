"""The doctor reads Airflow's database without Airflow, so the real one must have the tables it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.doctor.queries import airflow_database
from pipeline.local_airflow import DAG_ID, POOL


def test_the_pool_and_the_dag_are_read_from_the_database_that_airflow_makes(
    dag_bag: Any, airflow_home: Path
) -> None:
    url = f"sqlite:///{airflow_home}/airflow.db"
    seen = airflow_database.look(url, pool=POOL, dag_id=DAG_ID)
    assert seen.pool_slots == 1
    assert seen.is_paused is not True
    assert airflow_database.look(url, pool="no such pool", dag_id=DAG_ID).pool_slots is None
