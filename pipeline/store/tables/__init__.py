"""The business database's tables, as the newest migration leaves them (a test compares the two).

One schema, two dialects: SQLite (embedded default) and PostgreSQL. Points in time are UTC; `*_on` are
calendar days in Asia/Taipei. Codes are text: an analyst reads them without a key.
"""

from __future__ import annotations

from pipeline.store.tables.hand_ins import (
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
from pipeline.store.tables.insured_register import (
    beneficiary,
    contact,
    coverage,
    register_load,
    standing_declaration,
    unit,
)
from pipeline.store.tables.outgoing import (
    NOT_THROUGH,
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
    "NOT_THROUGH",
    "UNDELIVERED",
    "audit_event",
    "batch",
    "batch_content",
    "beneficiary",
    "chunk",
    "contact",
    "coverage",
    "form_check",
    "hand_in",
    "inbound_content",
    "inbound_mail",
    "letter_part",
    "mail_part",
    "metadata",
    "outbox_message",
    "register_load",
    "registration",
    "result_log",
    "run",
    "standing_declaration",
    "submission_row",
    "suppression",
    "switch",
    "unit",
]
