"""The insured register: replaced as a whole by `load-register`; a declaration stays."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, String, Table, Text, false, func

from pipeline.store.tables.schema import EMPTY, Moment, metadata

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
