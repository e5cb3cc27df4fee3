"""Links of mails, locks, stations and limits: everything secret or personal is here as a hash only."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, SmallInteger, String, Table, text

from pipeline.store.tables.schema import Moment, metadata

# A one-time link of a mail; the token itself stands in the mail alone.
mail_token = Table(
    "mail_token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("purpose", String(8), nullable=False),
    Column("registration_id", ForeignKey("registration.registration_id"), index=True),
    Column("batch_id", ForeignKey("batch.batch_id"), index=True),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

# Wrong tries of a day to prove a card's person.
card_lock = Table(
    "card_lock",
    metadata,
    Column("card_key", String(64), primary_key=True),
    Column("wrong", SmallInteger, nullable=False, server_default=text("0")),
    Column("day", Date, nullable=False),
    Column("locked_until", Moment),
)

station_key = Table(
    "station_key",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

# How often a card, a place or an address was served on a day; who, only as a keyed hash.
rate = Table(
    "rate",
    metadata,
    Column("key_hmac", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("uses", Integer, nullable=False),
)
