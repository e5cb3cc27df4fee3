"""What an operator does with the outbox, each with its note in the audit."""

from __future__ import annotations

from datetime import datetime

from pipeline.outbox.queries import messages as outbox
from pipeline.store import audit
from pipeline.store.engine import Database


def pause_mail(database: Database, *, actor: str, at: datetime) -> None:
    """Stop the delivery; safe to call again."""
    with database.transaction() as connection:
        outbox.pause(connection, at=at)
        audit.note(connection, actor=actor, action="mail.pause", subject="outbox", at=at)


def resume_mail(database: Database, *, actor: str, at: datetime) -> None:
    """Let the delivery go on; safe to call again."""
    with database.transaction() as connection:
        outbox.resume(connection)
        audit.note(connection, actor=actor, action="mail.resume", subject="outbox", at=at)


def retry_mail(database: Database, *, actor: str, at: datetime) -> int:
    """Make waiting, failed and unknown mails due; return how many. Bounced and suppressed ones stay."""
    with database.transaction() as connection:
        again = outbox.retry_now(connection, now=at)
        audit.note(connection, actor=actor, action="mail.retry", subject=f"{again} messages", at=at)
    return again
