"""`make up`: Airflow's components and a mail catcher on this machine, over the demo's data."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from pipeline.local_airflow import USERS, airflow_running, passwords, prepare_environment
from pipeline.settings import from_root
from pipeline.store.engine import Database
from pipeline.store.migrate import migrate

console = Console(highlight=False)


def run_playground(folder: Path) -> None:
    """Start everything, say where, and wait for Ctrl-C.

    Raises:
        MachineUnusable: a component did not start; the message names it.
    """
    from mailers.catcher import MailCatcher

    for ends in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C: nothing of ours may stay behind
        signal.signal(ends, signal.default_int_handler)
    settings = prepare_environment(folder)
    migrate(Database(settings.database))
    with MailCatcher(settings.var_dir / "mail") as catcher:
        host, port = catcher.address
        os.environ |= {"NHICARD_SMTP_HOST": host, "NHICARD_SMTP_PORT": str(port), "NHICARD_SMTP_TLS": "none"}
        with console.status("Starting Airflow (about half a minute) ..."), airflow_running() as address:
            _say(address, settings.inbox, settings.var_dir / "mail", f"{host}:{port}")
            with suppress(KeyboardInterrupt):
                signal.pause()
            console.print("\nStopping ...")


def _say(address: str, inbox: Path, mail: Path, catcher: str) -> None:
    known = passwords()
    console.print(f"\n[bold]Airflow[/]        {address}")
    for user in USERS:
        console.print(f"  sign in       {user} / {known[user]}")
    console.print(f"[bold]Drop folder[/]    {from_root(inbox)}/   put a CSV there, then trigger the DAG")
    console.print(f"[bold]Mail catcher[/]   {catcher}, mails in {from_root(mail)}/")
    if not list(inbox.glob("processed/*")):
        console.print("[yellow]No sample data yet: `make demo` makes some.[/]")
    console.print("Ctrl-C stops all.")
