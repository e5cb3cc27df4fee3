"""The business database's tables, as the newest migration leaves them (a test compares the two).

One schema, two dialects: SQLite (embedded default) and PostgreSQL. Points in time are UTC; `*_on` are
calendar days in Asia/Taipei. Codes are text: an analyst reads them without a key.
"""

from __future__ import annotations

from pipeline.store.tables.account_tables import card_lock, mail_token, rate, station_key
from pipeline.store.tables.bulk_tables import (
    batch,
    batch_content,
    chunk,
    form_check,
    hand_in,
    inbound_content,
    inbound_mail,
    mail_part,
    result_log,
    run,
    submission_row,
)
from pipeline.store.tables.insured_tables import (
    beneficiary,
    contact,
    coverage,
    register_load,
    standing_declaration,
    unit,
)
from pipeline.store.tables.outbox_tables import (
    LETTER,
    NOT_THROUGH,
    SUCCESS_MAIL,
    UNDELIVERED,
    audit_event,
    letter_part,
    outbox_message,
    registration,
    suppression,
    switch,
)
from pipeline.store.tables.schema import metadata

__all__ = [
    "LETTER",
    "NOT_THROUGH",
    "SUCCESS_MAIL",
    "UNDELIVERED",
    "audit_event",
    "batch",
    "batch_content",
    "beneficiary",
    "card_lock",
    "chunk",
    "contact",
    "coverage",
    "form_check",
    "hand_in",
    "inbound_content",
    "inbound_mail",
    "letter_part",
    "mail_part",
    "mail_token",
    "metadata",
    "outbox_message",
    "rate",
    "register_load",
    "registration",
    "result_log",
    "run",
    "standing_declaration",
    "station_key",
    "submission_row",
    "suppression",
    "switch",
    "unit",
]
