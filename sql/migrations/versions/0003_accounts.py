"""Individual registration: its dates and password, links of mails, locks, station keys, limits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

AWAITS_CONFIRMATION = sa.text("state = 'PENDING'")


def upgrade() -> None:
    _registration()
    _links()
    _stations()


def _registration() -> None:
    op.add_column("registration", sa.Column("applied_on", sa.Date(), nullable=True))
    op.add_column("registration", sa.Column("password_hash", sa.Text(), nullable=True))
    op.add_column("registration", sa.Column("confirm_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_registration_pending",
        "registration",
        ["confirm_until"],
        sqlite_where=AWAITS_CONFIRMATION,
        postgresql_where=AWAITS_CONFIRMATION,
    )


def _links() -> None:
    op.create_table(
        "mail_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.registration_id"],
            name=op.f("fk_mail_token_registration_id"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_mail_token_batch_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_mail_token")),
    )
    op.create_index(op.f("ix_mail_token_registration_id"), "mail_token", ["registration_id"])
    op.create_index(op.f("ix_mail_token_batch_id"), "mail_token", ["batch_id"])


def _stations() -> None:
    op.create_table(
        "card_lock",
        sa.Column("card_key", sa.String(length=64), nullable=False),
        sa.Column("wrong", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("card_key", name=op.f("pk_card_lock")),
    )
    op.create_table(
        "station_key",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_station_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_station_key_key_hash")),
    )
    op.create_table(
        "rate",
        sa.Column("key_hmac", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_hmac", "day", name=op.f("pk_rate")),
    )
