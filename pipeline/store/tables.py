"""The business database's tables, as the newest migration leaves them (a test compares the two).

One schema, two dialects: SQLite (embedded default) and PostgreSQL. Points in time are UTC; `*_on` are
calendar days in Asia/Taipei. Codes are text: an analyst reads them without a key.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    func,
    text,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
LongId: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER key


class Moment(TypeDecorator[datetime]):
    """A point in time, aware, in UTC on both dialects (SQLite alone would forget the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


EMPTY: Final = text("''")
# The due mails' index and the query that claims them must say this in the same words to meet.
NOT_THROUGH: Final = "state IN ('queued', 'retry', 'sending')"
UNDELIVERED: Final = "kind = 'success' AND state IN ('bounced', 'failed', 'suppressed', 'unknown')"
NOT_YET_IN_A_LETTER: Final = "outbox_message_id IS NULL"

# --- the insured register: replaced as a whole by `load-register` ---------------------------------

unit = Table(
    "unit",
    metadata,
    Column("unit_code", String(9), primary_key=True),
    Column("unit_name", Text, nullable=False),
    Column("closed_on", Date),
    Column("business_no", String(8), nullable=False, server_default=EMPTY),
    Column("unit_kind", Text, nullable=False, server_default=EMPTY),
    Column("head_national_id", String(10), nullable=False, server_default=EMPTY),
    Column("region", Text, nullable=False, server_default=EMPTY),
    Column("phone", Text, nullable=False, server_default=EMPTY),
    Column("address", Text, nullable=False, server_default=EMPTY),
)

contact = Table(
    "contact",
    metadata,
    Column("unit_code", String(9), primary_key=True),
    Column("email", String(254), primary_key=True),
    Column("name", Text, nullable=False, server_default=EMPTY),
    Column("national_id", String(10), nullable=False, server_default=EMPTY),
    Column("role", Text, nullable=False, server_default=EMPTY),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("first_seen_on", Date, nullable=False),
    Column("joined_others", Boolean, nullable=False, server_default=false()),
)
Index("ix_contact_lower_email", func.lower(contact.c.email))  # senders write their address as they like

beneficiary = Table(
    "beneficiary",
    metadata,
    Column("national_id", String(10), primary_key=True),
    Column("name", Text, nullable=False),
    Column("birth_date", Date),
    Column("card_number", String(12), nullable=False, server_default=EMPTY),
    Column("card_valid", Boolean, nullable=False, server_default=false()),
    Column("household_number", Text, nullable=False, server_default=EMPTY),
    Column("county", Text, nullable=False, server_default=EMPTY),
    Column("town", Text, nullable=False, server_default=EMPTY),
    Column("village", Text, nullable=False, server_default=EMPTY),
    Column("neighbourhood", Text, nullable=False, server_default=EMPTY),
    Column("arc_issue_date", Date),
    Column("arc_expiry_date", Date),
    Column("arc_serial", Text, nullable=False, server_default=EMPTY),
    Column("former_id", String(10)),
    Column("mailing_address", Text, nullable=False, server_default=EMPTY),
    Column("phone", Text, nullable=False, server_default=EMPTY),
    sqlite_with_rowid=False,
)
Index(
    "ix_beneficiary_former_id",
    beneficiary.c.former_id,
    sqlite_where=beneficiary.c.former_id.is_not(None),
    postgresql_where=beneficiary.c.former_id.is_not(None),
)

# A file's rows share the unit, so the unit comes first: the rows asked for lie side by side.
coverage = Table(
    "coverage",
    metadata,
    Column("unit_code", String(9), primary_key=True),
    Column("national_id", String(10), primary_key=True),
    Column("start_date", Date, primary_key=True),
    Column("relation", String(9), primary_key=True),
    Column("insured_national_id", String(10), primary_key=True, server_default=EMPTY),
    Column("end_date", Date),
    Column("dependant_kind", Text, nullable=False, server_default=EMPTY),
    Column("insured_amount", Integer),
    sqlite_with_rowid=False,
)

# A unit's word, given once, that its people agree to be registered; no register file brings it.
standing_declaration = Table(
    "standing_declaration",
    metadata,
    Column("unit_code", String(9), primary_key=True),
    Column("declared_on", Date, nullable=False),
    Column("reference", Text, nullable=False, server_default=EMPTY),
)

register_load = Table(
    "register_load",
    metadata,
    Column("register_load_id", Integer, primary_key=True),
    Column("loaded_at", Moment, nullable=False),
    Column("counts", JSON, nullable=False),
)

# --- hand-ins and their rows ----------------------------------------------------------------------

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

# --- people registered, and what is mailed --------------------------------------------------------

registration = Table(
    "registration",
    metadata,
    Column("registration_id", Integer, primary_key=True),
    Column("national_id", String(10), nullable=False, unique=True),
    Column("state", String(9), nullable=False),
    Column("credential_state", String(7), nullable=False),
    Column("card_number", String(12), nullable=False),
    Column("email", String(320), nullable=False),
    Column("phone", String(32), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("batch_id", Integer),
    Column("row_number", Integer),
    Column("registered_on", Date, nullable=False),
)

outbox_message = Table(
    "outbox_message",
    metadata,
    Column("outbox_message_id", LongId, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("batch_id", Integer),  # and the row: of a success mail; what letters are about, see letter_part
    Column("row_number", Integer, nullable=False, server_default=text("0")),
    Column("recipient", String(320), nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("reply_code", SmallInteger),
    Column("reply_text", Text),
    Column("sent_at", Moment),
    Column("ambiguous_attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("payload", JSON),  # what only this letter says; gone with the recipient
    Column("told_in_batch", Integer),  # an undelivered success mail: the batch whose answer tells it
    Column("told_at", Moment),  # an undelivered letter: when staff was told
    UniqueConstraint("batch_id", "row_number", "kind", "recipient"),
    Index(
        "ix_outbox_message_due",
        "priority",
        "not_before",
        "outbox_message_id",
        sqlite_where=text(NOT_THROUGH),
        postgresql_where=text(NOT_THROUGH),
    ),
    Index(
        "ix_outbox_message_undelivered",
        "batch_id",
        sqlite_where=text(UNDELIVERED),
        postgresql_where=text(UNDELIVERED),
    ),
)

# One batch in one letter to one address. An answer without a message yet waits for the others of its run.
letter_part = Table(
    "letter_part",
    metadata,
    Column("batch_id", ForeignKey("batch.batch_id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("recipient", String(320), primary_key=True),
    Column("outbox_message_id", ForeignKey("outbox_message.outbox_message_id"), index=True),
    Index(
        "ix_letter_part_waiting",
        "recipient",
        sqlite_where=text(NOT_YET_IN_A_LETTER),
        postgresql_where=text(NOT_YET_IN_A_LETTER),
    ),
)

# Addresses that mail does not reach, as HMACs: nobody's address can be read from here.
suppression = Table(
    "suppression",
    metadata,
    Column("address_hmac", String(64), primary_key=True),
    Column("soft_bounces", SmallInteger, nullable=False, server_default=text("0")),
    Column("last_bounce_at", Moment, nullable=False),
    Column("suppressed_until", Moment),
)

switch = Table(
    "switch",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("turned_on_at", Moment, nullable=False),
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("audit_event_id", LongId, primary_key=True),
    Column("happened_at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
)
