"""People registered, what is mailed to whom, and what operators did."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from pipeline.store.tables.schema import LongId, Moment, metadata

# An index and the queries that want it must say this in the same words to meet.
NOT_THROUGH: Final = "state IN ('queued', 'retry', 'sending')"
SUCCESS_MAIL: Final = "kind = 'success'"
UNDELIVERED: Final = f"{SUCCESS_MAIL} AND state IN ('bounced', 'failed', 'suppressed', 'unknown')"
LETTER: Final = "kind <> 'success'"
NOT_YET_IN_A_LETTER: Final = "outbox_message_id IS NULL"
AWAITS_CONFIRMATION: Final = "state = 'PENDING'"

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
    Column("applied_on", Date),  # of an individual registration: the day D from which the five days count
    Column("password_hash", Text),  # argon2id, of an own password
    Column("confirm_until", Moment),
    Index(
        "ix_registration_pending",
        "confirm_until",
        sqlite_where=text(AWAITS_CONFIRMATION),
        postgresql_where=text(AWAITS_CONFIRMATION),
    ),
)

outbox_message = Table(
    "outbox_message",
    metadata,
    Column("outbox_message_id", LongId, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    # What the mail is about: an id of the kind's own noun and a part of it (success mails: batch and row).
    # Letters about batches have none, see letter_part.
    Column("about_id", Integer),
    Column("about_part", Integer, nullable=False, server_default=text("0")),
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
    Column("reported_in_batch", Integer),  # an undelivered success mail: the batch whose answer reports it
    Column("reported_at", Moment),  # an undelivered letter: when a digest reported it
    # Its name is of the time when the two columns were batch_id and row_number: SQLite cannot rename it.
    UniqueConstraint(
        "about_id",
        "about_part",
        "kind",
        "recipient",
        name="uq_outbox_message_batch_id_row_number_kind_recipient",
    ),
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
        "about_id",
        sqlite_where=text(UNDELIVERED),
        postgresql_where=text(UNDELIVERED),
    ),
    Index(
        "ix_outbox_message_reported",
        "reported_in_batch",
        sqlite_where=text("reported_in_batch IS NOT NULL"),
        postgresql_where=text("reported_in_batch IS NOT NULL"),
    ),
    Index(
        "ix_outbox_message_letters",
        "kind",
        "created_at",
        sqlite_where=text(LETTER),
        postgresql_where=text(LETTER),
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

# Addresses that mail does not reach, as HMACs: no address can be read from here.
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
