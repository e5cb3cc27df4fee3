"""`nhicard batch` and `nhicard result-log`: batches, held files, logs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pipeline import clock
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.cli.output import AsJson, print_json, print_table
from pipeline.clock import minute
from pipeline.errors import ArgumentRefused

if TYPE_CHECKING:
    from pipeline.bulk.queries.batches import Batch
    from pipeline.bulk.queries.results import StoredLog

app = typer.Typer(
    help="批次:列表、內容、放行或退回待審檔案。\nBatches: list, show, release or refuse a held file.",
    no_args_is_help=True,
)
BatchId = Annotated[
    int,
    typer.Argument(
        metavar="BATCH_ID",
        help="批次編號,見 `nhicard batch list`。\n\nThe batch's number, as the list shows it.",
    ),
]
COLUMNS: Final = ("batch_id", "name", "unit_code", "received_at", "row_count", "state", "reason", "detail")


def add_to(root: typer.Typer) -> None:
    """Register the command that stands beside `batch`."""
    root.command("result-log")(result_log)


@app.command("list")
def list_batches(
    state: Annotated[
        BatchState | None, typer.Option(help="只列此狀態。\n\nOnly batches in this state.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, help="最多列幾筆,新的在前。\n\nAt most so many, the newest first.")
    ] = 50,
    as_json: AsJson = False,
) -> None:
    """最近的批次與其狀態。
    The newest batches and where they stand.
    """
    from pipeline.bulk.queries import batches
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    with database.reading() as connection:
        found = [_told(row) for row in batches.newest(connection, state=state, limit=limit)]
    if as_json:
        print_json({"batches": found})
    elif found:
        print_table("批次 Batches", COLUMNS, [[str(row[name]) for name in COLUMNS] for row in found])
    else:
        typer.echo(f"There is no batch{f' in the state {state}' if state else ''}.")


@app.command()
def show(batch_id: BatchId, as_json: AsJson = False) -> None:
    """一個批次的內容、狀態、原因與結果。
    One batch: what it is, where it stands and why, and its outcomes.
    """
    from pipeline.bulk.queries import batches, results
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    with database.reading() as connection:
        found = batches.find(connection, batch_id)
        log = results.find(connection, batch_id)
    if found is None:
        raise ArgumentRefused(f"there is no batch {batch_id}: see `nhicard batch list`")
    told = _told(found) | {"source": found.source, "sender": found.sender or "", "consent": found.consent}
    outcomes = dict(log.outcomes) if log else {}
    if as_json:
        print_json(told | {"outcomes": outcomes})
    else:
        rows = [(name, str(value)) for name, value in (told | outcomes).items()]
        print_table(f"批次 Batch {batch_id}", ["", ""], rows)


@app.command()
def release(batch_id: BatchId) -> None:
    """放行待審檔案,下次執行時註冊。
    Let a held file into the next run.
    """
    from pipeline.bulk.held_files import release_batch
    from pipeline.cli.operator import operator
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    release_batch(database, batch_id, actor=operator(), at=clock.now())
    typer.echo(f"Batch {batch_id} is released: the next run registers it.")


@app.command()
def refuse(batch_id: BatchId) -> None:
    """退回待審檔案,整批不入檔。
    Refuse a held file for good; nothing of it is registered.
    """
    from pipeline.bulk.held_files import refuse_batch
    from pipeline.cli.operator import operator
    from pipeline.tasks.opening import open_database

    settings, database = open_database()
    refuse_batch(database, batch_id, staff=settings.staff_mail, actor=operator(), at=clock.now())
    typer.echo(f"Batch {batch_id} is refused: nothing of it is registered; its unit is told.")


def result_log(
    batch_id: BatchId,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="執行紀錄與註記 CSV 寫入此資料夾。\n\nWrite log and annotated CSV into this folder.",
        ),
    ] = None,
) -> None:
    """印出批次的逐筆執行紀錄。
    Print a batch's result log, line by line.
    """
    name, found = _answer(batch_id)
    if output is None:
        typer.echo(found.log, nl=False)
        return
    stem = Path(name).stem
    for name, text in ((f"{stem}.log.txt", found.log), (f"{stem}.annotated.csv", found.annotated_csv)):
        try:
            output.mkdir(parents=True, exist_ok=True)
            (output / name).write_text(text, encoding="utf-8-sig", newline="\r\n")
        except OSError as error:
            raise ArgumentRefused(
                f"cannot write into {output}: {error.strerror}; name another folder with -o"
            ) from None
        typer.echo(output / name)


def _answer(batch_id: int) -> tuple[str, StoredLog]:
    """The file's name and its result log.

    Raises:
        ArgumentRefused: there is no such log, or it was purged.
    """
    from pipeline.bulk.queries import batches, results
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    with database.reading() as connection:
        batch = batches.find(connection, batch_id)
        found = results.find(connection, batch_id)
    if batch is None or found is None:
        raise ArgumentRefused(f"batch {batch_id} has no result log: see `nhicard batch show {batch_id}`")
    if not found.log:
        raise ArgumentRefused(
            f"the log of batch {batch_id} was purged, its time is over: "
            f"`nhicard batch show {batch_id}` still has the counts"
        )
    return batch.name, found


def _told(row: Batch) -> dict[str, Any]:
    return {
        "batch_id": row.batch_id,
        "name": row.name,
        "unit_code": row.unit_code,
        "received_at": minute(row.received_at),
        "row_count": row.row_count,
        "state": row.state,
        "reason": row.reason,
        "detail": row.detail,
    }
