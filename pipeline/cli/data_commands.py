"""The register and sample data: `load-register`, `demo-data`, `demo`, `up`."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import clock
from pipeline.cli.output import progress_bar

if TYPE_CHECKING:
    from pipeline.insured.load_register import RegisterChange


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
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR",
            help="名冊資料夾,預設用設定值。\n\nThe register's folder, by default the setting's.",
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="縮減超過 20% 也載入。\n\nTake one that shrinks by more than 20 %."),
    ] = False,
    end_inclusive: Annotated[
        bool,
        typer.Option("--end-inclusive", help="end_date 為最後在保日。\n\nend_date is the last covered day."),
    ] = False,
) -> None:
    """載入完整名冊,一次成功或完全不變。
    Load the register as the new full one: all of it, or nothing.

    單位、聯絡人、保險對象、投保期間 Units, contacts, beneficiaries and coverage, .csv or .parquet.
    """
    from pipeline.insured.load_register import load_register as load
    from pipeline.tasks.opening import open_database

    settings, database = open_database()
    began = monotonic()
    with progress_bar("Reading the register") as tell:
        pace = _Pace()
        change = load(
            database,
            folder or settings.register,
            now=clock.now(),
            today=clock.today(),
            force=force,
            end_inclusive=end_inclusive,
            progress=lambda phase, rows: tell(pace.told(phase, rows), rows, None),
        )
    _show(change, monotonic() - began)


class _Pace:
    """How fast a phase goes."""

    def __init__(self) -> None:
        self._phase = ""
        self._began = 0.0

    def told(self, phase: str, rows: int) -> str:
        """The phase with its rows a second."""
        if phase != self._phase:
            self._phase, self._began = phase, monotonic()
        seconds = monotonic() - self._began
        return f"{phase}, {rows / seconds:,.0f} rows/s" if seconds >= 1 else phase


def _show(change: RegisterChange, seconds: float) -> None:
    for word, table in change.tables.items():
        typer.echo(
            f"{word}: {table.after} (before: {table.before}); "
            f"{table.joined} joined, {table.left} left, {table.changed} changed"
        )
    typer.echo(f"units that closed: {change.closed_units}")
    if change.double_lines:
        typer.echo(f"coverage: {change.double_lines} double lines were kept once")
    for word, columns in change.ignored_columns.items():
        typer.echo(f"{word}: columns kept out: {', '.join(columns)}")
    typer.echo(f"{change.rows:,} rows in {seconds:.1f} s: {change.rows / seconds:,.0f} rows/s")


def demo_data(
    people: Annotated[int, typer.Option(min=1, help="名冊人數。\n\nPeople in the register.")] = 5_000,
    files: Annotated[int, typer.Option(min=1, help="投保單位檔案數。\n\nEmployers' files.")] = 10,
    rows: Annotated[
        int, typer.Option(min=1, help="所有檔案的總筆數。\n\nRows in all files together.")
    ] = 1_000,
    bad: Annotated[
        float, typer.Option(min=0, max=100, help="不良資料的百分比。\n\nPercent of bad rows.")
    ] = 10.0,
    seed: Annotated[
        int, typer.Option(help="相同種子產生相同內容。\n\nThe same seed makes the same bytes.")
    ] = 1,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="新的或空的資料夾。\n\nNew or empty folder.")
    ] = Path("var/demo-data"),
) -> None:
    """產生虛構的名冊與一夜的檔案。
    Make up a register and a night of employers' files, of any size.
    """
    from pipeline.sample.demo_data import make_demo_data

    with progress_bar("Writing") as tell:
        tell(f"Writing {people:,} people", 0, None)
        made = make_demo_data(
            output,
            people=people,
            files=files,
            rows=rows,
            bad_percent=bad,
            seed=seed,
            on=clock.today(),
        )
    typer.echo(
        f"{made.people} made-up people in {made.units} units; "
        f"{made.rows} rows in {made.files} files: {output}"
    )
    register, inbox = output / "register", output / "inbox"
    typer.echo(f"Next: nhicard load-register {register} && nhicard run-batch --inbox {inbox}")


DemoFolder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="DIR", help="全部檔案所在,預設 var/demo。\n\nWhere everything lies."),
]


def demo(folder: DemoFolder = None) -> None:
    """以範例資料跑一次夜間流程,信件只存本機。
    The nightly job on sample data through Airflow, mails caught.
    """
    from pipeline.demo import run_demo
    from pipeline.local_airflow import DEMO_FOLDER

    run_demo(folder or DEMO_FOLDER)


def up(folder: DemoFolder = None) -> None:
    """在本機啟動 Airflow 與收信器,Ctrl-C 結束。
    Airflow and a mail catcher on this machine, to look around.
    """
    from pipeline.local_airflow import DEMO_FOLDER
    from pipeline.playground import run_playground

    run_playground(folder or DEMO_FOLDER)
