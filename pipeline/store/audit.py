"""Who did what, and when: append-only, and naming nobody in clear."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from pipeline.store.tables import audit_event


def note(connection: Connection, *, actor: str, action: str, subject: str, at: datetime) -> None:
    """Append an event."""
    connection.execute(
        insert(audit_event).values(happened_at=at, actor=actor, action=action, subject=subject)
    )
