"""`nhicard mail`: the outbox for people."""

from __future__ import annotations

from collections import defaultdict

import typer

from pipeline.cli.output import AsJson, print_json, print_table, utc_now

app = typer.Typer(help="The outbox: status, pause, resume, retry.", no_args_is_help=True)


@app.command()
def status(as_json: AsJson = False) -> None:
    """How many mails of each kind stand where, and whether the delivery is paused."""
    from pipeline.cli.setup import ready_database
    from pipeline.store import outbox

    _, database = ready_database()
    with database.reading() as connection:
        found = outbox.count_by_kind_and_state(connection)
        is_paused = outbox.is_paused(connection)
    if as_json:
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        for row in found:
            counts[row.kind][row.state] = row.messages
        print_json({"paused": is_paused, "messages": counts})
        return
    rows = [(row.kind, row.state, str(row.messages)) for row in found]
    print_table("Outbox", ["kind", "state", "messages"], rows)
    if is_paused:
        typer.echo("The delivery is PAUSED: `nhicard mail resume` lets it go on.")


@app.command()
def pause() -> None:
    """Stop the delivery; mail goes on being queued."""
    from pipeline.steps.steer_mail import pause_mail

    _steer(pause_mail, "Paused. `nhicard mail resume` lets it go on.")


@app.command()
def resume() -> None:
    """Let the delivery go on."""
    from pipeline.steps.steer_mail import resume_mail

    _steer(resume_mail, "The delivery goes on with the next `nhicard deliver-mail` or DAG run.")


@app.command()
def retry() -> None:
    """Make every waiting or failed mail due now."""
    from pipeline.cli.setup import ready_database
    from pipeline.steps.steer_mail import retry_mail

    _, database = ready_database()
    typer.echo(f"{retry_mail(database, actor=_actor(), at=utc_now())} mails are due now.")


def _steer(step, said: str) -> None:  # type: ignore[no-untyped-def]
    from pipeline.cli.setup import ready_database

    _, database = ready_database()
    step(database, actor=_actor(), at=utc_now())
    typer.echo(said)


def _actor() -> str:
    import getpass

    return getpass.getuser()
