"""The word at once: files that came in by mail, and files that were refused as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from mailers.letters.rendering import composed
from mailers.letters.units import RejectedRow, Rejection, Warned, addressed, by_reason, unit_told
from mailers.message import Heading

FAULTY_ROWS_SHOWN: Final = 50  # a file; the answer of the night names the others
NAMES_SHOWN: Final = 50  # of attachments that were left alone


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that waits for the night, or for an operator when `is_held`.

    `faulty_rows` counts the rows whose form is wrong; `faulty` holds at least the first of them.
    """

    file_name: str
    unit_code: str
    unit_name: str
    received_on: str
    rows: int
    is_held: bool
    faulty_rows: int
    faulty: Sequence[RejectedRow]
    warnings: Sequence[Warned]


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file refused as a whole. `log_lines` are the opening line and the one that says why.

    An empty `file_name` stands for the mail itself.
    """

    file_name: str
    unit_code: str
    unit_name: str
    received_on: str
    log_lines: Sequence[str]
    hint: str
    hint_en: str


@dataclass(frozen=True, slots=True)
class ReceiptLetter:
    """What one mail brought, at least one file of it received. Raises ValueError when there is none.

    `ignored` are attachments that are no CSV, `left_over` those beyond the most a mail may bring;
    `begins_at` says when the night begins, such as "2026-11-22 02:00".
    """

    received: Sequence[ReceivedFile]
    refused: Sequence[RefusedFile]
    ignored: Sequence[str]
    left_over: Sequence[str]
    begins_at: str

    def __post_init__(self) -> None:
        if not self.received:
            raise ValueError("a receipt is about at least one received file")


@dataclass(frozen=True, slots=True)
class RefusalLetter:
    """Files that were all refused. Raises ValueError without one."""

    files: Sequence[RefusedFile]
    ignored: Sequence[str] = ()
    left_over: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.files:
            raise ValueError("a refusal is about at least one file")


@dataclass(frozen=True, slots=True)
class _Receipt:
    """A received file as the letter shows it."""

    file: ReceivedFile
    unit: str
    faults: Sequence[Rejection]
    faulty_left_out: int


def receipt(heading: Heading, letter: ReceiptLetter) -> EmailMessage:
    """To the contacts at once: what came in, when it is worked on, and the faults already seen."""
    held = sum(file.is_held for file in letter.received)
    known = {
        "addressed": addressed([*letter.received, *letter.refused]),
        "receipts": [_receipt(file) for file in letter.received],
        "refused": letter.refused,
        "held": held,
        "is_all_held": held == len(letter.received),
        "rows": sum(file.rows for file in letter.received),
        "faulty_rows": sum(file.faulty_rows for file in letter.received),
        "begins_at": letter.begins_at,
        **_left_alone(letter),
    }
    return composed(heading, "receipt", known)


def refusal(heading: Heading, letter: RefusalLetter) -> EmailMessage:
    """Nothing is stored: why, what to do, how the file should be named."""
    known = {"addressed": addressed(letter.files), "files": letter.files, **_left_alone(letter)}
    return composed(heading, "refusal", known)


def _receipt(file: ReceivedFile) -> _Receipt:
    shown = file.faulty[:FAULTY_ROWS_SHOWN]
    return _Receipt(
        file=file,
        unit=unit_told(file),
        faults=by_reason(shown, shown=FAULTY_ROWS_SHOWN),
        faulty_left_out=max(0, file.faulty_rows - len(shown)),
    )


def _left_alone(letter: ReceiptLetter | RefusalLetter) -> dict[str, object]:
    return {
        "ignored": letter.ignored[:NAMES_SHOWN],
        "ignored_left_out": max(0, len(letter.ignored) - NAMES_SHOWN),
        "left_over": letter.left_over[:NAMES_SHOWN],
        "left_over_left_out": max(0, len(letter.left_over) - NAMES_SHOWN),
    }
