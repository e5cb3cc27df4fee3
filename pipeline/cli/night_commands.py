"""The jobs of the night and of every day: they end with 0 or 3, and their counts are in the output."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline import clock
from pipeline.cli.output import AsJson, print_json, print_table, progress_bar
from pipeline.errors import ArgumentRefused, MachineUnusable


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for name, command in (
        ("init-db", init_db),
        ("run-batch", run_batch),
        ("collect", collect),
        ("deliver-mail", deliver_mail),
        ("housekeeping", housekeeping),
        ("doctor", doctor),
    ):
        app.command(name)(command)


def init_db() -> None:
    """建立或升級業務資料庫。
    Create the business database, or bring it to the newest migration.
    """
    from pipeline.settings import load_settings
    from pipeline.store.engine import Database
    from pipeline.store.migrate import migrate

    settings = load_settings()
    database = Database(settings.database)
    migrate(database)
    if settings.inbox_dir is None:  # the default one; a folder of the setting must be there
        settings.inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    typer.echo(f"The business database is ready: {database.address}")


def run_batch(
    inbox: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="改用此投檔資料夾。\n\nDrop folder instead of the setting's."),
    ] = None,
    mailbox: Annotated[
        bool,
        typer.Option(
            "--mailbox/--no-mailbox", help="一併收信箱(有設定時)。\n\nRead the mailbox too, where one is set."
        ),
    ] = True,
    mail: Annotated[
        bool, typer.Option("--mail/--no-mail", help="寄出到期信件。\n\nDeliver the mail that is due.")
    ] = True,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="只判斷:不入檔、不寄信、不搬檔。\n\nJudge only: no row, no mail, no move."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """執行一次夜間作業,不需 Airflow。
    The nightly job once: collect, validate, register, answer, deliver.
    """
    from pipeline.tasks.night import run_night
    from pipeline.tasks.opening import open_database

    if inbox is not None and not inbox.is_dir():
        raise ArgumentRefused(f"there is no folder {inbox}: name the drop folder, or leave --inbox out")
    settings, database = open_database(inbox=inbox)
    with nullcontext(None) if as_json else progress_bar("Collecting") as progress:
        night = run_night(
            database,
            settings,
            now=clock.now,
            dry_run=dry_run,
            reads_mailbox=mailbox,
            delivers=mail,
            progress=progress,
        )
    if as_json:
        print_json(night.summary)
    else:
        _show_night(night.summary, dry_run)
    if night.fault:
        raise MachineUnusable(night.fault)


def collect(as_json: AsJson = False) -> None:
    """收一次投檔資料夾與信箱,並排入收件通知。
    Collect drop folder and mailbox once: record every file, queue receipts and refusals.
    """
    from pipeline.tasks.mail_intake import take_in

    _show(take_in(), as_json, "收檔 Collected")


def deliver_mail(as_json: AsJson = False) -> None:
    """寄一次到期信件。
    Deliver the mail that is due, once.
    """
    from pipeline.tasks.mail_delivery import deliver

    counts = deliver()
    _show(counts, as_json, "寄信 Delivered")
    if counts["is_paused"] and not as_json:
        typer.echo("The delivery is PAUSED: `nhicard mail resume` lets it go on.")


def housekeeping(
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="以此日為準,預設今日。\n\nJudge by this day instead of today.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """申請逾期失效,清除逾期的個人資料。
    Let unconfirmed applications lapse, and purge personal data whose time is over.
    """
    from pipeline.tasks.housekeeping import lapse, purge

    day = as_of.date() if as_of else None
    _show(lapse(day) | purge(day), as_json, "維護 Housekeeping")


def doctor(as_json: AsJson = False) -> None:
    """檢查環境設定,並說明如何修正。
    Is this machine fit for the night, and how to fix what is not?
    """
    from pipeline.cli.diagnosis import diagnose, show

    findings = diagnose()
    if as_json:
        print_json({"checks": [finding.as_dict() for finding in findings]})
    else:
        show(findings)
    wrong = sum(not finding.is_fine for finding in findings)
    if wrong:
        raise MachineUnusable(
            f"{wrong} of {len(findings)} checks of `nhicard doctor` need attention: see what is marked with ✗"
        )


def _show(counts: dict[str, Any], as_json: bool, title: str) -> None:
    if as_json:
        print_json(counts)
    else:
        print_table(title, ["", "count"], [(name.replace("_", " "), str(n)) for name, n in counts.items()])


def _show_night(summary: dict[str, Any], dry_run: bool) -> None:
    rows = [(name, str(count)) for name, count in summary["outcomes"].items()]
    title = f"執行 Run {summary['run_id']}" + (" (dry run: nothing was stored)" if dry_run else "")
    print_table(title, ["outcome", "rows"], rows)
    typer.echo(
        f"{summary['files']} files: {summary['refused_files']} refused, {summary['held_files']} held; "
        f"{summary['rows']} rows; {summary['outbox_queued']} mails queued"
    )
    if summary["held_files"]:
        typer.echo("Held files wait for you: `nhicard batch list --state held`")
