"""`nhicard mail`: the outbox for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

import typer

from pipeline import clock
from pipeline.cli.output import AsJson, print_json, print_table

Result = TypeVar("Result")

app = typer.Typer(
    help="寄信佇列:狀態、暫停、繼續、重寄。\nThe outbox: status, pause, resume, retry.",
    no_args_is_help=True,
)


@app.command()
def status(as_json: AsJson = False) -> None:
    """各類信件的狀態與件數。
    How many mails of each kind stand where, how many may have arrived twice, how many addresses are left
    alone now, and whether the delivery is paused.
    """
    from pipeline.outbox.queries import messages as outbox
    from pipeline.outbox.queries import suppression
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    with database.reading() as connection:
        found = outbox.count_by_kind_and_state(connection)
        is_paused = outbox.is_paused(connection)
        doubled = outbox.count_possibly_doubled(connection)
        suppressed = suppression.count_suppressed(connection, now=clock.now())
    if as_json:
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        for row in found:
            counts[row.kind][row.state] = row.messages
        told = {"possibly_doubled": doubled, "suppressed_addresses": suppressed}
        print_json({"paused": is_paused, "messages": counts} | told)
        return
    if found:
        rows = [(row.kind, row.state, str(row.messages)) for row in found]
        print_table("寄信佇列 Outbox", ["kind", "state", "messages"], rows)
    else:
        typer.echo("The outbox is empty.")
    if doubled:
        typer.echo(f"Possibly doubled: {doubled} (the server hung up before it said that it had the mail).")
    if suppressed:
        typer.echo(f"Addresses left alone for 30 days because mail came back: {suppressed}.")
    if is_paused:
        typer.echo("The delivery is PAUSED: `nhicard mail resume` lets it go on.")


@app.command()
def pause() -> None:
    """暫停寄信,信件仍會排入佇列。
    Stop the delivery; mail goes on being queued.
    """
    from pipeline.outbox.steer_mail import pause_mail

    _steer(pause_mail)
    typer.echo("Paused. `nhicard mail resume` lets it go on.")


@app.command()
def resume() -> None:
    """繼續寄信。
    Let the delivery go on.
    """
    from pipeline.outbox.steer_mail import resume_mail

    _steer(resume_mail)
    typer.echo("The delivery goes on with the next `nhicard deliver-mail` or DAG run.")


@app.command()
def retry() -> None:
    """等待重試、寄送失敗與結果不明的信件立即到期;結果不明的可能重複寄達。
    Make every waiting, failed or unknown mail due now. An unknown one may have arrived already: its receiver
    may get it twice. What bounced or is suppressed is not tried again.
    """
    from pipeline.outbox.steer_mail import retry_mail

    again = _steer(retry_mail)
    typer.echo(f"Mails due now: {again}. `nhicard deliver-mail` sends them.")


def _steer(step: Callable[..., Result]) -> Result:
    """Take an operator's step on the outbox, with their name in the audit."""
    from pipeline.cli.operator import operator
    from pipeline.tasks.opening import open_database

    _, database = open_database()
    return step(database, actor=operator(), at=clock.now())
