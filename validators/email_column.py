"""E-mail cells judged at once: plain ASCII addresses and clear faults by RE2, the rest by the library."""

from __future__ import annotations

import re
from typing import Final

import email_validator
import pyarrow as pa
import pyarrow.compute as pc
from email_validator.rfc_constants import ATEXT, CASE_INSENSITIVE_MAILBOX_NAMES

from validators import email_address
from validators.cell_column import (
    LONGEST_CLEAR,
    Cells,
    ColumnSheet,
    ColumnVerdict,
    Mask,
    Positions,
    as_mask,
    contains,
    lengths,
    matches,
    positions,
    take,
)
from validators.codes import CellCode

FAULT_CODES: Final = (CellCode.EMAIL_MISSING, CellCode.EMAIL_FORMAT)

# Printable ASCII without outer blanks and without a text guard: normalising changes nothing.
_PLAIN: Final = r"[!-&(-<>-~](?:[ -~]*[!-~])?"

# A good address that is its own envelope form: lower-case domain, no "--" in it (A-labels are the library's).
# At most 64 characters in all, so no part of it is too long.
_LOCAL: Final = rf"[{ATEXT}]+(?:\.[{ATEXT}]+)*"
_GOOD: Final = rf"{_LOCAL}@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{{2,}}"
# The same with capitals in its domain, as phones write Gmail.com.
_GOOD_ANY_CASE: Final = (
    rf"(?P<local>{_LOCAL})@(?P<domain>(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{{2,}})"
)

# What the library handles apart: mailbox names that it lowers, reserved domains.
_APART: Final = (
    f"(?i)^(?:{'|'.join(map(re.escape, CASE_INSENSITIVE_MAILBOX_NAMES))})@"
    f"|[@.](?:{'|'.join(map(re.escape, email_validator.SPECIAL_USE_DOMAIN_NAMES))})$"
)

# Every ASCII text that the library may accept has this form: one unquoted @, dot-atoms, a host with a dot.
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_POSSIBLE: Final = rf"{_LOCAL}@(?:{_LABEL}\.)+{_LABEL}"

_TYPO: Final = (
    f"@(?:{'|'.join(map(re.escape, email_address.MISTYPED_DOMAINS))})$"
    rf"|\.(?:{'|'.join(email_address.MISTYPED_ENDINGS)})$"
)


def judge(cells: Cells) -> ColumnVerdict:
    """Judge a column as `email_address.check` judges each of its cells."""
    sheet = ColumnSheet(cells, FAULT_CODES)
    # Of the text guards only the leading quote could be part of a good address.
    good = _good(cells, _GOOD) & ~as_mask(pc.starts_with(cells, "'"))
    rest = positions(~good & (lengths(cells) > 0))
    sheet.refuse(lengths(cells) == 0, CellCode.EMAIL_MISSING)
    _judge_rest(sheet, rest)
    return sheet.verdict()


def likely_typos(verdict: ColumnVerdict) -> Mask:
    """Returns which good addresses end like a typing slip, as `email_address.is_likely_typo`."""
    return contains(verdict.values, _TYPO) & verdict.is_good


def _judge_rest(sheet: ColumnSheet, rest: Positions) -> None:
    """Normalise what is not plain, decide the cells that are clear then, ask the library about the rest."""
    plain = matches(take(sheet.cells, rest), _PLAIN)
    sheet.normalize_each(rest[~plain], email_address.normalize)
    values = take(sheet.values, rest)
    good = _good(values, _GOOD_ANY_CASE)
    _lower_domains(sheet, rest[good])
    hopeless = _is_ascii(values) & ~matches(values, _POSSIBLE)
    sheet.refuse(rest[hopeless], CellCode.EMAIL_FORMAT)
    sheet.refuse(rest[lengths(values) == 0], CellCode.EMAIL_MISSING)
    sheet.check_each(rest[~good & ~hopeless], email_address.check)


def _lower_domains(sheet: ColumnSheet, at: Positions) -> None:
    parts = pc.extract_regex(take(sheet.values, at), rf"\A{_GOOD_ANY_CASE}\z")
    local, domain = parts.field("local"), pc.ascii_lower(parts.field("domain"))
    sheet.write(at, pc.binary_join_element_wise(local, domain, pa.scalar("@", pa.large_string())))


def _good(values: Cells, form: str) -> Mask:
    """Which normalised values of this form the library accepts for certain, unchanged but for capitals."""
    return matches(values, form) & ~contains(values, _APART) & (lengths(values) <= LONGEST_CLEAR)


def _is_ascii(values: Cells) -> Mask:
    return matches(values, r"[\x00-\x7f]*")
