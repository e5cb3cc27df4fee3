"""Airflow DAGs: wiring, and a docstring that is the DAG's page. Nothing imports from here."""
