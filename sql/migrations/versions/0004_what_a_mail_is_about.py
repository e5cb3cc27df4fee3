"""A mail says what it is about by the noun's id and a part of it, whatever the noun is."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

REPORTED = sa.text("reported_in_batch IS NOT NULL")


def upgrade() -> None:
    # In words that both databases have: Alembic would copy the whole table on SQLite.
    op.execute("ALTER TABLE outbox_message RENAME COLUMN batch_id TO about_id")
    op.execute("ALTER TABLE outbox_message RENAME COLUMN row_number TO about_part")
    op.drop_index("ix_outbox_message_told", "outbox_message")
    op.execute("ALTER TABLE outbox_message RENAME COLUMN told_in_batch TO reported_in_batch")
    op.execute("ALTER TABLE outbox_message RENAME COLUMN told_at TO reported_at")
    op.create_index(
        "ix_outbox_message_reported",
        "outbox_message",
        ["reported_in_batch"],
        sqlite_where=REPORTED,
        postgresql_where=REPORTED,
    )
