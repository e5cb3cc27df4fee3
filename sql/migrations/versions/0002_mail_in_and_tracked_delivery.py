"""Mail in, letters about several batches, bounces and suppression."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NOT_THROUGH = sa.text("state IN ('queued', 'retry', 'sending')")
UNDELIVERED = sa.text("kind = 'success' AND state IN ('bounced', 'failed', 'suppressed', 'unknown')")
TOLD = sa.text("told_in_batch IS NOT NULL")
LETTER = sa.text("kind <> 'success'")
NOT_YET_IN_A_LETTER = sa.text("outbox_message_id IS NULL")
EMPTY = sa.text("''")


def upgrade() -> None:
    _mail_in()
    _changed_tables()
    _letters()


def _mail_in() -> None:
    op.create_table(
        "standing_declaration",
        sa.Column("unit_code", sa.String(length=9), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), server_default=EMPTY, nullable=False),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_standing_declaration")),
    )
    op.create_table(
        "inbound_mail",
        sa.Column("inbound_mail_id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("sender", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("attachments", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("shelf", sa.String(length=12), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("inbound_mail_id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint(
            "mailbox", "uidvalidity", "uid", name=op.f("uq_inbound_mail_mailbox_uidvalidity_uid")
        ),
    )
    op.create_index("ix_inbound_mail_recorded_at", "inbound_mail", ["recorded_at"])
    op.create_table(
        "inbound_content",
        sa.Column("inbound_mail_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbound_mail_id"],
            ["inbound_mail.inbound_mail_id"],
            name=op.f("fk_inbound_content_inbound_mail_id"),
        ),
        sa.PrimaryKeyConstraint("inbound_mail_id", name=op.f("pk_inbound_content")),
    )
    op.create_table(
        "mail_part",
        sa.Column("mail_key", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_mail_part_batch_id")),
        sa.PrimaryKeyConstraint("mail_key", "part", "sha256", name=op.f("pk_mail_part")),
    )
    op.create_index(op.f("ix_mail_part_batch_id"), "mail_part", ["batch_id"])
    op.create_table(
        "form_check",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("faulty_rows", sa.Integer(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_form_check_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_form_check")),
    )


def _changed_tables() -> None:
    joined = sa.Column("joined_others", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("contact", joined)
    op.create_index("ix_contact_lower_email", "contact", [sa.text("lower(email)")])
    op.add_column("batch", sa.Column("consent", sa.String(length=12), server_default=EMPTY, nullable=False))
    # In words that both dialects take: Alembic would copy the table on SQLite, and others point to it.
    op.execute(
        "ALTER TABLE batch ADD COLUMN inbound_mail_id INTEGER "
        "CONSTRAINT fk_batch_inbound_mail_id REFERENCES inbound_mail (inbound_mail_id)"
    )
    op.create_index(op.f("ix_batch_inbound_mail_id"), "batch", ["inbound_mail_id"])

    op.drop_index("ix_outbox_message_due", "outbox_message")  # a copy on SQLite would lose its condition
    with op.batch_alter_table("outbox_message") as outbox_message:
        outbox_message.alter_column("batch_id", existing_type=sa.Integer(), nullable=True)
        outbox_message.add_column(
            sa.Column("ambiguous_attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
        )
        outbox_message.add_column(sa.Column("payload", sa.JSON(), nullable=True))
        outbox_message.add_column(sa.Column("told_in_batch", sa.Integer(), nullable=True))
        outbox_message.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbox_message_due",
        "outbox_message",
        ["priority", "not_before", "outbox_message_id"],
        sqlite_where=NOT_THROUGH,
        postgresql_where=NOT_THROUGH,
    )
    op.create_index(
        "ix_outbox_message_undelivered",
        "outbox_message",
        ["batch_id"],
        sqlite_where=UNDELIVERED,
        postgresql_where=UNDELIVERED,
    )
    op.create_index(
        "ix_outbox_message_told",
        "outbox_message",
        ["told_in_batch"],
        sqlite_where=TOLD,
        postgresql_where=TOLD,
    )
    op.create_index(
        "ix_outbox_message_letters",
        "outbox_message",
        ["kind", "created_at"],
        sqlite_where=LETTER,
        postgresql_where=LETTER,
    )


def _letters() -> None:
    op.create_table(
        "letter_part",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("outbox_message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_letter_part_batch_id")),
        sa.ForeignKeyConstraint(
            ["outbox_message_id"],
            ["outbox_message.outbox_message_id"],
            name=op.f("fk_letter_part_outbox_message_id"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "kind", "recipient", name=op.f("pk_letter_part")),
    )
    op.create_index(op.f("ix_letter_part_outbox_message_id"), "letter_part", ["outbox_message_id"])
    op.create_index(
        "ix_letter_part_waiting",
        "letter_part",
        ["recipient"],
        sqlite_where=NOT_YET_IN_A_LETTER,
        postgresql_where=NOT_YET_IN_A_LETTER,
    )
    # Letters that are known already are about one batch each.
    op.execute(
        "INSERT INTO letter_part (batch_id, kind, recipient, outbox_message_id) "
        "SELECT batch_id, kind, recipient, outbox_message_id FROM outbox_message WHERE kind <> 'success'"
    )
    op.execute("UPDATE outbox_message SET batch_id = NULL WHERE kind <> 'success'")
    op.create_table(
        "suppression",
        sa.Column("address_hmac", sa.String(length=64), nullable=False),
        sa.Column("soft_bounces", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_bounce_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suppressed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("address_hmac", name=op.f("pk_suppression")),
    )
