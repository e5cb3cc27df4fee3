"""`nhicard batch` and `nhicard result-log`: batches, held files, logs."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.output import AsJson, print_json, print_table, utc_now
from pipeline.errors import ArgumentRefused
from pipeline.model.batch import BatchState
from pipeline.model.outcome import TAIPEI

app = typer.Typer(help="Batches: list, show, release or refuse a held file.", no_args_is_help=True)
BatchId = Annotated[int, typer.Argument(help="The batch's number, as `nhicard batch list` shows it.")]


def add_to(root: typer.Typer) -> None:
    """Register the command that stands beside `batch`."""
    root.command("result-log")(result_log)


@app.command("list")
def list_batches(
    state: Annotated[BatchState | None, typer.Option(help="Only batches in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """The newest batches and where they stand."""
    from pipeline.cli.setup import ready_database
    from pipeline.store import batches

    _, database = ready_database()
    with database.reading() as connection:
        found = [_told(row) for row in batches.newest(connection, state=state, limit=limit)]
    if as_json:
        print_json({"batches": found})
    else:
        columns = ["batch_id", "name", "unit_code", "received_at", "row_count", "state", "reason", "detail"]
        print_table("Batches", columns, [[str(row[name]) for name in columns] for row in found])


@app.command()
def show(batch_id: BatchId, as_json: AsJson = False) -> None:
    """One batch: what it is, where it stands and why, and its outcomes."""
    from pipeline.cli.setup import ready_database
    from pipeline.store import batches, results

    _, database = ready_database()
    with database.reading() as connection:
        found = batches.find(connection, batch_id)
        log = results.find(connection, batch_id)
    if found is None:
        raise ArgumentRefused(f"there is no batch {batch_id}: see `nhicard batch list`")
    told = _told(found) | {"outcomes": log.outcomes if log else {}}
    if as_json:
        print_json(told)
    else:
        print_table(f"Batch {batch_id}", ["", ""], [(name, str(value)) for name, value in told.items()])


@app.command()
def release(batch_id: BatchId) -> None:
    """Let a held file into the next run."""
    from pipeline.cli.setup import ready_database
    from pipeline.steps.decide_held_file import release_batch

    _, database = ready_database()
    release_batch(database, batch_id, actor=getpass.getuser(), at=utc_now())
    typer.echo(f"Batch {batch_id} is released: the next run registers it.")


@app.command()
def refuse(batch_id: BatchId) -> None:
    """Refuse a held file for good; nothing of it is registered."""
    from pipeline.cli.setup import ready_database
    from pipeline.steps.decide_held_file import refuse_batch

    settings, database = ready_database()
    refuse_batch(database, settings, batch_id, actor=getpass.getuser(), at=utc_now())
    typer.echo(f"Batch {batch_id} is refused: nothing of it is registered; its unit is told.")


def result_log(
    batch_id: BatchId,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write log and annotated CSV into this folder.")
    ] = None,
) -> None:
    """Print a batch's result log, line by line."""
    from pipeline.cli.setup import ready_database
    from pipeline.store import results

    _, database = ready_database()
    with database.reading() as connection:
        found = results.find(connection, batch_id)
    if found is None:
        raise ArgumentRefused(f"batch {batch_id} has no result log: see `nhicard batch show {batch_id}`")
    if output is None:
        typer.echo(found.log, nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    stem = Path(found.name).stem
    for name, text in ((f"{stem}.log.txt", found.log), (f"{stem}.annotated.csv", found.annotated_csv)):
        (output / name).write_text(text, encoding="utf-8-sig", newline="\r\n")
        typer.echo(output / name)


def _told(row: Any) -> dict[str, Any]:
    return {
        "batch_id": row.batch_id,
        "name": row.name,
        "unit_code": row.unit_code,
        "received_at": row.received_at.astimezone(TAIPEI).strftime("%Y-%m-%d %H:%M"),
        "row_count": row.row_count,
        "state": row.state,
        "reason": row.reason,
        "detail": row.detail,
    }
