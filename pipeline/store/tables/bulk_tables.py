"""Hand-ins by folder and mail, their batches, rows and result logs."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from pipeline.store.tables.schema import EMPTY, Moment, metadata

run = Table(
    "run",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("dry_run", Boolean, nullable=False),
    Column("state", String(12), nullable=False),
    Column("counts", JSON),
)

chunk = Table(
    "chunk",
    metadata,
    Column("chunk_id", Integer, primary_key=True),
    Column("run_id", ForeignKey("run.run_id"), nullable=False, index=True),
)

# A mail of the mailbox: seen once, whatever becomes of it.
inbound_mail = Table(
    "inbound_mail",
    metadata,
    Column("inbound_mail_id", Integer, primary_key=True),
    Column("mailbox", Text, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("message_id", Text, nullable=False, server_default=EMPTY),
    Column("sender", Text, nullable=False, server_default=EMPTY),
    Column("received_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("attachments", Integer, nullable=False, server_default=text("0")),
    Column("verdict", String(12), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("shelf", String(12), nullable=False),
    Column("moved_at", Moment),
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
    Index("ix_inbound_mail_recorded_at", "recorded_at"),
)

inbound_content = Table(
    "inbound_content",
    metadata,
    Column("inbound_mail_id", ForeignKey("inbound_mail.inbound_mail_id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

batch = Table(
    "batch",
    metadata,
    Column("batch_id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("unit_code", String(9), nullable=False, server_default=EMPTY),
    Column("file_date", Date),
    Column("source", String(12), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("encoding", String(12), nullable=False, server_default=EMPTY),
    Column("ignored_columns", JSON, nullable=False),
    Column("row_count", Integer, nullable=False, server_default=text("0")),
    Column("state", String(12), nullable=False),
    Column("reason", String(20), nullable=False, server_default=EMPTY),
    Column("detail", Text, nullable=False, server_default=EMPTY),
    Column("is_released", Boolean, nullable=False, server_default=false()),
    Column("run_id", ForeignKey("run.run_id"), index=True),
    Column("chunk_id", ForeignKey("chunk.chunk_id"), index=True),
    Column("finished_at", Moment),
    Column("consent", String(12), nullable=False, server_default=EMPTY),
    Column("inbound_mail_id", ForeignKey("inbound_mail.inbound_mail_id"), index=True),
    Index("ix_batch_state", "state"),
    Index("ix_batch_unit_code_sha256", "unit_code", "sha256"),
)

batch_content = Table(
    "batch_content",
    metadata,
    Column("batch_id", ForeignKey("batch.batch_id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

hand_in = Table(
    "hand_in",
    metadata,
    Column("hand_in_id", Integer, primary_key=True),
    Column("batch_id", ForeignKey("batch.batch_id"), nullable=False, index=True),
    Column("path", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", String(20), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("moved_at", Moment),
    Index(
        "uq_hand_in_not_moved",
        "path",
        "size",
        "mtime_ns",
        "sha256",
        unique=True,
        sqlite_where=text("moved_at IS NULL"),
        postgresql_where=text("moved_at IS NULL"),
    ),
)

# A file of a mail, known by the mail's Message-ID (without one by its SHA-256), its place in it, its content.
mail_part = Table(
    "mail_part",
    metadata,
    Column("mail_key", String(64), primary_key=True),
    Column("part", String(255), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("batch_id", ForeignKey("batch.batch_id"), nullable=False, index=True),
)

# What a file's form showed when it came in, for the receipt: [row, line, masked ID, codes] of the first rows.
form_check = Table(
    "form_check",
    metadata,
    Column("batch_id", ForeignKey("batch.batch_id"), primary_key=True),
    Column("faulty_rows", Integer, nullable=False),
    Column("shown", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
)

# No foreign key on the row tables: it would look up the same batch a hundred thousand times a chunk.
submission_row = Table(
    "submission_row",
    metadata,
    Column("batch_id", Integer, primary_key=True),
    Column("row_number", Integer, primary_key=True),
    Column("line_number", Integer, nullable=False),
    Column("national_id", String(10), nullable=False),
    Column("email", String(320), nullable=False),
    Column("phone", String(32), nullable=False),
    Column("masked_id", String(10), nullable=False),
    Column("faults", Text, nullable=False),
    Column("repairs", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("person_id", String(10)),
    Column("outcome", String(18)),
    sqlite_with_rowid=False,
)

result_log = Table(
    "result_log",
    metadata,
    Column("batch_id", ForeignKey("batch.batch_id"), primary_key=True),
    Column("log", Text, nullable=False),
    Column("annotated_csv", Text, nullable=False),
    Column("outcomes", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
)
