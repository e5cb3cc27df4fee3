"""Every letter we write: plain facts in, a composed mail or a skeleton out. The words are in `templates/`.

Nothing here knows what a registration is: the caller hands over texts and numbers, already masked where they
concern a person.
"""

from __future__ import annotations

from mailers.letters.answers import (
    LOG_LINES_SHOWN,
    REJECTED_ROWS_SHOWN,
    UNDELIVERED_SHOWN,
    AnswerLetter,
    FileResult,
    Undelivered,
    answer,
)
from mailers.letters.enclosures import enclose
from mailers.letters.people import (
    ConfirmationLetter,
    Links,
    ResetLetter,
    confirmation,
    reset,
    success_skeleton,
)
from mailers.letters.receipts import (
    FAULTY_ROWS_SHOWN,
    NAMES_SHOWN,
    ReceiptLetter,
    ReceivedFile,
    RefusalLetter,
    RefusedFile,
    receipt,
    refusal,
)
from mailers.letters.release import ReleaseLetter, release
from mailers.letters.staff import (
    DIGEST_LINES_SHOWN,
    DigestLetter,
    FailureNotice,
    HeldFile,
    HeldNotice,
    RefusedName,
    UnansweredMail,
    UnsentLetter,
    digest,
    failure_notice,
    held_notice,
)
from mailers.letters.units import RejectedRow, Warned

__all__ = [
    "DIGEST_LINES_SHOWN",
    "FAULTY_ROWS_SHOWN",
    "LOG_LINES_SHOWN",
    "NAMES_SHOWN",
    "REJECTED_ROWS_SHOWN",
    "UNDELIVERED_SHOWN",
    "AnswerLetter",
    "ConfirmationLetter",
    "DigestLetter",
    "FailureNotice",
    "FileResult",
    "HeldFile",
    "HeldNotice",
    "Links",
    "ReceiptLetter",
    "ReceivedFile",
    "RefusalLetter",
    "RefusedFile",
    "RefusedName",
    "RejectedRow",
    "ReleaseLetter",
    "ResetLetter",
    "UnansweredMail",
    "Undelivered",
    "UnsentLetter",
    "Warned",
    "answer",
    "confirmation",
    "digest",
    "enclose",
    "failure_notice",
    "held_notice",
    "receipt",
    "refusal",
    "release",
    "reset",
    "success_skeleton",
]
