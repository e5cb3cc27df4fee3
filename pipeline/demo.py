"""The demo: the nightly job on sample data, through its Airflow DAG, in one process, with the mails caught.

Everything lies in one folder (`var/demo`). The first run registers; a later one hands the same files in again
(duplicates) and once more under a new date (你已做過申請): nobody is registered or mailed twice.
"""

from __future__ import annotations

import email
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.policy import default as mail_policy
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from pipeline.bulk.queries import results, runs
from pipeline.bulk.queries.batches import Batch
from pipeline.bulk.queries.results import AnsweredBatch
from pipeline.clock import day_of
from pipeline.local_airflow import prepare_environment, run_dag_here
from pipeline.settings import Settings, from_root
from pipeline.store.engine import Database
from pipeline.store.migrate import migrate

SEED_DATE: Final = date(2015, 8, 20)

console = Console(highlight=False)


def run_demo(folder: Path) -> None:
    """Make the sample data, run the DAG over it, and show what an employer, a person and an operator get.

    Raises:
        MachineUnusable: a part of the machine failed, or the DAG run did.
    """
    began = time.monotonic()
    settings = prepare_environment(folder)
    database = Database(settings.database)
    with _stage("Business database and sample data"):
        example_name = _prepare_data(database, settings)
    from mailers.catcher import MailCatcher

    mail = settings.var_dir / "mail"
    with MailCatcher(mail) as catcher:
        host, port = catcher.address
        os.environ |= {"NHICARD_SMTP_HOST": host, "NHICARD_SMTP_PORT": str(port), "NHICARD_SMTP_TLS": "none"}
        before = set(mail.glob("*.eml"))
        with _stage("Airflow: its database, the DAG, and a run of every task"):
            run_dag_here()
        mails = sorted(set(mail.glob("*.eml")) - before)
    _show(database, settings, example_name, mails)
    console.print(f"\nDone in {time.monotonic() - began:.0f} s. Run it again to see duplicates answered.")


def _prepare_data(database: Database, settings: Settings) -> str:
    """Migrate, write the sample files, load the register; return the name of the seed's example file."""
    from pipeline.insured.load_register import load_register
    from pipeline.sample.demo_set import make_demo_set

    migrate(database)
    now = datetime.now(UTC)
    today = day_of(now)
    with database.reading() as connection:
        nights = runs.count(connection)
    example = make_demo_set(settings.var_dir, today=today, file_date=SEED_DATE)
    if nights:
        example = make_demo_set(settings.var_dir, today=today, file_date=SEED_DATE + timedelta(days=nights))
    load_register(database, settings.register, now=now, today=today)
    return example.example_name


def _show(database: Database, settings: Settings, example_name: str, mails: list[Path]) -> None:
    with database.reading() as connection:
        run_id = runs.newest(connection)
        told = results.outcomes_by_batch(connection, run_id)
        counts = results.total(told)
        refused = runs.refusals(connection, run_id)
        example = next(batch["batch_id"] for batch in told if batch["name"] == example_name)
        log = results.find(connection, example)
    console.rule("The answer to the employer")
    console.print(f"{example_name}\n", style="bold")
    console.print(log.log if log else "", markup=False)
    _show_counts(counts, told, refused)
    success = _first_success(mails)
    if success:
        console.rule("The mail to a person")
        console.print(success, markup=False)
    _show_places(settings, mails, example)


def _show_counts(counts: dict[str, int], told: list[AnsweredBatch], refused: list[Batch]) -> None:
    console.rule("What became of every row")
    table = Table(
        "",
        *(batch["name"][:9] for batch in told),
        "all",
        box=box.SIMPLE,
        padding=(0, 1, 0, 0),
    )
    for outcome, total in counts.items():
        table.add_row(outcome, *(str(batch["outcomes"].get(outcome, 0)) for batch in told), str(total))
    sums = [str(sum(batch["outcomes"].values())) for batch in told]
    table.add_row("rows", *sums, str(sum(counts.values())), style="bold")
    console.print(table)
    for batch in refused:
        console.print(f"refused: {batch.name}: {batch.reason}")


def _first_success(mails: list[Path]) -> str:
    for path in mails:
        message = email.message_from_bytes(path.read_bytes(), policy=mail_policy)
        if not list(message.iter_attachments()) and "註冊成功" in str(message["Subject"]):
            body = message.get_body(("plain",))
            text = body.get_content() if body else ""
            return f"To: {message['To']}\nSubject: {message['Subject']}\n\n{text}"
    return ""


def _show_places(settings: Settings, mails: list[Path], example: int) -> None:
    console.rule("Where everything lies")
    shown = from_root(settings.var_dir)
    rows = [
        (f"{shown}/mail/", f"{len(mails)} mails of this run, as .eml: open them in any mail program"),
        (f"{shown}/inbox/", "processed/ and refused/, with the reason beside each refused file"),
        (f"{shown}/register/", "the made-up insured register"),
        (f"{shown}/nhicard.db", "the business database"),
        (f"{shown}/airflow.db", "Airflow's own"),
    ]
    table = Table(show_header=False, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print("\nLook further:")
    for line in (
        f"export NHICARD_VAR_DIR={shown}",
        ".venv/bin/nhicard batch list",
        f".venv/bin/nhicard result-log {example}",
        "make up      # Airflow in the browser, a mail catcher, the same data",
    ):
        console.print(f"  {line}")


@contextmanager
def _stage(title: str) -> Iterator[None]:
    began = time.monotonic()
    with console.status(f"{title} ..."):
        yield
    console.print(f"✓ {title} ({time.monotonic() - began:.0f} s)")
