"""A mail says what it is about by the noun's id and a part of it, whatever the noun is."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # In words that both databases have: Alembic would copy the whole table on SQLite.
    op.execute("ALTER TABLE outbox_message RENAME COLUMN batch_id TO about_id")
    op.execute("ALTER TABLE outbox_message RENAME COLUMN row_number TO about_part")
