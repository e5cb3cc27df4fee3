"""Made-up mails in the outbox, and a delivery of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

from pipeline.outbox.deliver_mail import DeliveryCounts
from pipeline.outbox.rules import Priority
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.store.tables import batch, outbox_message, unit
from pipeline.tasks.mail_delivery import deliver_mail

CONNECTIONS = 4
UNIT = "110000001"


def queue_success_mails(database: Database, mails: int) -> None:
    """One finished batch of so many people, each of whom is owed a success mail."""
    now = datetime.now(UTC)
    common = {"kind": "success", "priority": Priority.BULK, "about_id": 1, "state": "queued"}
    common |= {"created_at": now, "not_before": now}
    rows = [common | {"about_part": row, "recipient": f"person.{row}@example.com"} for row in range(mails)]
    with database.transaction() as connection:
        for table in (outbox_message, batch, unit):
            connection.execute(text(f"DELETE FROM {table.name}"))
        connection.execute(insert(unit).values(unit_code=UNIT, unit_name="範例股份有限公司"))
        connection.execute(insert(batch).values(**_batch(now)))
        for start in range(0, mails, 10_000):
            connection.execute(insert(outbox_message), rows[start : start + 10_000])


def queue_confirmation(database: Database) -> int:
    """One person waits for a link; the message's number."""
    now = datetime.now(UTC)
    values = {"kind": "confirmation", "priority": Priority.AT_ONCE, "state": "queued"}
    values |= {"created_at": now, "not_before": now, "recipient": "waiting@example.com"}
    payload = {"link": "https://portal.example.com/confirm/x", "valid_until": "2026-11-25 23:59"}
    with database.transaction() as connection:
        query = insert(outbox_message).values(**values, payload=payload)
        number: int = connection.scalar(query.returning(outbox_message.c.outbox_message_id)) or 0
    return number


def count(database: Database, *conditions: Any) -> int:
    """How many messages meet the conditions."""
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(outbox_message).where(*conditions)) or 0


def settings(url: str, port: int) -> Settings:
    """An installation that delivers to a local sink."""
    chosen: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none"}
    chosen |= {"database_url": url, "secret_key": "s" * 64, "smtp_connections": CONNECTIONS}
    return Settings(**chosen)


def deliver(url: str, port: int, *, later: timedelta = timedelta()) -> DeliveryCounts:
    """Deliver what is due, by a clock that may run ahead: a dead process's leases are over then."""
    database = Database(url)
    counts = deliver_mail(database, settings(url, port), now=lambda: datetime.now(UTC) + later)
    database.engine.dispose()
    return counts


def _batch(now: datetime) -> dict[str, Any]:
    return {
        "batch_id": 1,
        "name": f"{UNIT}20261121.CSV",
        "unit_code": UNIT,
        "source": "folder",
        "sha256": "0" * 64,
        "received_at": now,
        "received_on": date(2026, 11, 21),
        "ignored_columns": [],
        "state": "done",
    }
