"""The register and sample data: `load-register`, `demo-data`, `demo`, `up`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.output import taipei_now, utc_now


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for name, command in (
        ("load-register", load_register),
        ("demo-data", demo_data),
        ("demo", demo),
        ("up", up),
    ):
        app.command(name)(command)


def load_register(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the register's files.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Take one that shrinks by more than 20 %.")] = False,
    end_inclusive: Annotated[
        bool, typer.Option("--end-inclusive", help="end_date is the last covered day.")
    ] = False,
) -> None:
    """Load units, contacts, beneficiaries and coverage (.csv or .parquet) as the new full register."""
    from pipeline.cli.setup import ready_database
    from pipeline.steps.load_register import load_register as load

    settings, database = ready_database()
    change = load(
        database,
        folder or settings.register,
        now=utc_now(),
        today=taipei_now().date(),
        force=force,
        end_inclusive=end_inclusive,
    )
    typer.echo(change.told())


def demo_data(
    people: Annotated[int, typer.Option(min=1, help="People in the register.")] = 5_000,
    files: Annotated[int, typer.Option(min=1, help="Employer files.")] = 10,
    rows: Annotated[int, typer.Option(min=1, help="Rows in all files together.")] = 1_000,
    bad: Annotated[float, typer.Option(min=0, max=100, help="Percent of bad rows.")] = 10.0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same bytes.")] = 1,
    output: Annotated[Path, typer.Option("-o", "--output", help="New or empty folder.")] = Path(
        "var/demo-data"
    ),
) -> None:
    """Make up a register and a night of employer files, of any size."""
    from pipeline.sample.demo_data import make_demo_data

    made = make_demo_data(
        output,
        people=people,
        files=files,
        rows=rows,
        bad_percent=bad,
        seed=seed,
        on=taipei_now().date(),
    )
    typer.echo(
        f"{made.people} made-up people in {made.units} units, {made.rows} rows in {made.files} files: {output}\n"
        f"Next: nhicard load-register {output / 'register'} && nhicard run-batch --inbox {output / 'inbox'}"
    )


def demo() -> None:
    """The nightly job on sample data through its Airflow DAG, with the mails caught."""
    from pipeline.demo import run_demo

    run_demo()


def up() -> None:
    """Airflow and a mail catcher on this machine, to look around; Ctrl-C stops all."""
    from pipeline.playground import run_playground

    run_playground()
