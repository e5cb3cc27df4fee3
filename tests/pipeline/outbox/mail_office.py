"""What the tests of mail delivery share: mails owed, one delivery, and what became of each."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from pipeline.outbox.deliver_mail import DeliveryCounts
from pipeline.store.tables import batch, outbox_message
from pipeline.tasks.mail_delivery import deliver_mail
from tests.journey.office import NAME, TODAY, UNIT, Office
from tests.mailers.scripted_server import ScriptedServer

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SCHEDULE = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR]
LATE = "451 4.7.1 try later, person.1@example.com"
NEVER = "550 5.1.1 <person.1@example.com>: user person.1 unknown"


def deliver(office: Office) -> DeliveryCounts:
    return deliver_mail(office.database, office.settings, now=office.clock)


def owe_mails(office: Office, people: int = 3) -> None:
    """An answer and a success mail for each of so many people."""
    office.file(NAME, *office.persons(people))
    office.summary()


def owe_success_mails(office: Office, people: int = 3, **values: Any) -> list[str]:
    """A success mail for each of so many people, and nothing else; their addresses."""
    office.insert(
        batch, name=NAME, unit_code=UNIT, source="folder", sha256="0" * 64, received_at=office.now,
        received_on=TODAY, ignored_columns=[], state="done",
    )  # fmt: skip
    common = {"kind": "success", "priority": 30, "about_id": 1, "state": "queued", "attempts": 0}
    for row in range(1, people + 1):
        moments = {"created_at": office.now, "not_before": office.now}
        recipient = f"person.{row}@example.com"
        office.insert(outbox_message, about_part=row, recipient=recipient, **(common | moments | values))
    return [f"person.{row}@example.com" for row in range(1, people + 1)]


def messages(office: Office) -> dict[str, Any]:
    return {row.recipient: row for row in office.all(outbox_message)}


def deliver_to(office: Office, **script: list[str]) -> tuple[DeliveryCounts, ScriptedServer]:
    """Deliver over one connection to a server that follows the script."""

    async def run() -> tuple[DeliveryCounts, ScriptedServer]:
        async with ScriptedServer(**script) as server:
            chosen = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_connections": 1}
            office.settings = office.settings.model_copy(update=chosen)
            return await asyncio.to_thread(deliver, office), server

    return asyncio.run(run())
