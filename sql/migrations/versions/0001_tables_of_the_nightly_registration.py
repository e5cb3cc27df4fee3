"""Tables of the nightly registration."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("audit_event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("audit_event_id", name=op.f("pk_audit_event")),
    )
    op.create_table(
        "beneficiary",
        sa.Column("national_id", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("card_number", sa.String(length=12), server_default=sa.text("''"), nullable=False),
        sa.Column("card_valid", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("household_number", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("county", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("town", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("village", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("neighbourhood", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("arc_issue_date", sa.Date(), nullable=True),
        sa.Column("arc_expiry_date", sa.Date(), nullable=True),
        sa.Column("arc_serial", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("former_id", sa.String(length=10), nullable=True),
        sa.Column("mailing_address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("national_id", name=op.f("pk_beneficiary")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_beneficiary_former_id",
        "beneficiary",
        ["former_id"],
        unique=False,
        sqlite_where=sa.text("former_id IS NOT NULL"),
        postgresql_where=sa.text("former_id IS NOT NULL"),
    )
    op.create_table(
        "contact",
        sa.Column("unit_code", sa.String(length=9), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("national_id", sa.String(length=10), server_default=sa.text("''"), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("first_seen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("unit_code", "email", name=op.f("pk_contact")),
    )
    op.create_table(
        "coverage",
        sa.Column("unit_code", sa.String(length=9), nullable=False),
        sa.Column("national_id", sa.String(length=10), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("relation", sa.String(length=9), nullable=False),
        sa.Column("insured_national_id", sa.String(length=10), server_default=sa.text("''"), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("dependant_kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("insured_amount", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint(
            "unit_code",
            "national_id",
            "start_date",
            "relation",
            "insured_national_id",
            name=op.f("pk_coverage"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox_message",
        sa.Column("outbox_message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_code", sa.SmallInteger(), nullable=True),
        sa.Column("reply_text", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("outbox_message_id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint(
            "batch_id",
            "row_number",
            "kind",
            "recipient",
            name=op.f("uq_outbox_message_batch_id_row_number_kind_recipient"),
        ),
    )
    op.create_index(
        "ix_outbox_message_due",
        "outbox_message",
        ["priority", "not_before", "outbox_message_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'retry', 'sending')"),
        postgresql_where=sa.text("state IN ('queued', 'retry', 'sending')"),
    )
    op.create_table(
        "register_load",
        sa.Column("register_load_id", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("register_load_id", name=op.f("pk_register_load")),
    )
    op.create_table(
        "registration",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("national_id", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("credential_state", sa.String(length=7), nullable=False),
        sa.Column("card_number", sa.String(length=12), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_registration")),
        sa.UniqueConstraint("national_id", name=op.f("uq_registration_national_id")),
    )
    op.create_table(
        "run",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run")),
    )
    op.create_table(
        "submission_row",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("national_id", sa.String(length=10), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("masked_id", sa.String(length=10), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("repairs", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=10), nullable=True),
        sa.Column("outcome", sa.String(length=18), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "row_number", name=op.f("pk_submission_row")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "switch",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("turned_on_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switch")),
    )
    op.create_table(
        "unit",
        sa.Column("unit_code", sa.String(length=9), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("business_no", sa.String(length=8), server_default=sa.text("''"), nullable=False),
        sa.Column("unit_kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("head_national_id", sa.String(length=10), server_default=sa.text("''"), nullable=False),
        sa.Column("region", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_unit")),
    )
    op.create_table(
        "chunk",
        sa.Column("chunk_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_chunk_run_id")),
        sa.PrimaryKeyConstraint("chunk_id", name=op.f("pk_chunk")),
    )
    op.create_index(op.f("ix_chunk_run_id"), "chunk", ["run_id"], unique=False)
    op.create_table(
        "batch",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.String(length=9), server_default=sa.text("''"), nullable=False),
        sa.Column("file_date", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("encoding", sa.String(length=12), server_default=sa.text("''"), nullable=False),
        sa.Column("ignored_columns", sa.JSON(), nullable=False),
        sa.Column("row_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), server_default=sa.text("''"), nullable=False),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("is_released", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("chunk_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chunk_id"], ["chunk.chunk_id"], name=op.f("fk_batch_chunk_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_batch_run_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batch")),
    )
    op.create_index(op.f("ix_batch_chunk_id"), "batch", ["chunk_id"], unique=False)
    op.create_index(op.f("ix_batch_run_id"), "batch", ["run_id"], unique=False)
    op.create_index("ix_batch_state", "batch", ["state"], unique=False)
    op.create_index("ix_batch_unit_code_sha256", "batch", ["unit_code", "sha256"], unique=False)
    op.create_table(
        "batch_content",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_batch_content_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batch_content")),
    )
    op.create_table(
        "hand_in",
        sa.Column("hand_in_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_hand_in_batch_id")),
        sa.PrimaryKeyConstraint("hand_in_id", name=op.f("pk_hand_in")),
    )
    op.create_index(op.f("ix_hand_in_batch_id"), "hand_in", ["batch_id"], unique=False)
    op.create_index(
        "uq_hand_in_not_moved",
        "hand_in",
        ["path", "size", "mtime_ns", "sha256"],
        unique=True,
        sqlite_where=sa.text("moved_at IS NULL"),
        postgresql_where=sa.text("moved_at IS NULL"),
    )
    op.create_table(
        "result_log",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("annotated_csv", sa.Text(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_result_log_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_result_log")),
    )
