"""`make up`: Airflow, portal, a station with sample cards and a mail catcher, over the demo's data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from rich.console import Console

from pipeline.local_airflow import USERS, airflow_running, passwords, prepare_environment
from pipeline.settings import from_root
from pipeline.store.engine import Database
from pipeline.store.migrate import migrate

console = Console(highlight=False)
PORTAL: Final = "http://127.0.0.1:8400"
STOPS_WITHIN: Final = 10.0  # seconds


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
    with ExitStack() as stack:
        catcher = stack.enter_context(MailCatcher(settings.var_dir / "mail"))
        host, port = catcher.address
        os.environ |= {"NHICARD_SMTP_HOST": host, "NHICARD_SMTP_PORT": str(port), "NHICARD_SMTP_TLS": "none"}
        os.environ["NHICARD_PORTAL_URL"] = PORTAL
        with console.status("Starting Airflow (about half a minute) ..."):
            address = stack.enter_context(airflow_running())
            stack.enter_context(_running("portal"))
            station = stack.enter_context(_running("station", "--simulate", "--no-browser"))
            opens = _address_in(station)
        _say(address, settings.inbox, settings.var_dir / "mail", f"{host}:{port}")
        console.print(f"[bold]Portal[/]         {PORTAL}\n[bold]Station[/]        {opens}", soft_wrap=True)
        console.print("Ctrl-C stops all.")
        with suppress(KeyboardInterrupt):
            signal.pause()
        console.print("\nStopping ...")


@contextmanager
def _running(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A command of ours in a process of its own: rooms above this one are started, not imported."""
    command = [str(Path(sys.executable).with_name("nhicard")), *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOPS_WITHIN)
        process.kill()


def _address_in(process: subprocess.Popen[str]) -> str:
    """The address that the command prints when it has started; empty when it did not."""
    for line in process.stdout or ():
        if "http://" in line:
            return line[line.index("http://") :].strip()
    return "did not start: `nhicard station --simulate` says why"


def _say(address: str, inbox: Path, mail: Path, catcher: str) -> None:
    known = passwords()
    console.print(f"\n[bold]Airflow[/]        {address}")
    for user in USERS:
        console.print(f"  sign in       {user} / {known[user]}")
    console.print(f"[bold]Drop folder[/]    {from_root(inbox)}/   put a CSV there, then trigger the DAG")
    console.print(f"[bold]Mail catcher[/]   {catcher}, mails in {from_root(mail)}/")
    if not list(inbox.glob("processed/*")):
        console.print("[yellow]No sample data yet: `make demo` makes some.[/]")
