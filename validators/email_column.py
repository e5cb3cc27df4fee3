"""E-mail cells judged at once: plain ASCII addresses and clear refusals by RE2, the rest by the library."""

from __future__ import annotations

import re
from typing import Final

import email_validator
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

FAULT_CODES: Final = ("EMAIL_MISSING", "EMAIL_FORMAT")

# Printable ASCII without outer blanks and without a text guard: normalising changes nothing.
_PLAIN: Final = r"[!-&(-<>-~](?:[ -~]*[!-~])?"

# A good address, and its own envelope form: lower-case domain, no "--" in it (A-labels are the library's). At most
# 64 characters in all, so no part of it is too long.
_DOMAIN: Final = r"(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}"
_GOOD: Final = rf"[{ATEXT}]+(?:\.[{ATEXT}]+)*@{_DOMAIN}"

# What the library treats apart: mailbox names it lowers, domains that are reserved.
_APART: Final = (
    f"(?i)^(?:{'|'.join(map(re.escape, CASE_INSENSITIVE_MAILBOX_NAMES))})@"
    f"|[@.](?:{'|'.join(map(re.escape, email_validator.SPECIAL_USE_DOMAIN_NAMES))})$"
)

# Every ASCII text the library could accept has this form: one unquoted @, dot-atoms, a hostname with a dot.
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_POSSIBLE: Final = rf"[{ATEXT}]+(?:\.[{ATEXT}]+)*@(?:{_LABEL}\.)+{_LABEL}"

_TYPO: Final = (
    f"@(?:{'|'.join(map(re.escape, email_address.MISTYPED_DOMAINS))})$"
    rf"|\.(?:{'|'.join(email_address.MISTYPED_ENDINGS)})$"
)


def judge(cells: Cells) -> ColumnVerdict:
    """Verdicts of `email_address.check` for a column."""
    sheet = ColumnSheet(cells, FAULT_CODES)
    # Of the text guards only the leading quote could be part of a good address.
    good = _good(cells) & ~as_mask(pc.starts_with(cells, "'"))
    rest = positions(~good & (lengths(cells) > 0))
    sheet.refuse(lengths(cells) == 0, "EMAIL_MISSING")
    _judge_rest(sheet, rest)
    return sheet.verdict()


def likely_typos(verdict: ColumnVerdict) -> Mask:
    """Which good addresses end like a typing slip, as `email_address.is_likely_typo`."""
    return contains(verdict.values, _TYPO) & verdict.is_good


def _judge_rest(sheet: ColumnSheet, rest: Positions) -> None:
    """Normalise what is not plain; accept and refuse what has become clear; ask the library about the rest."""
    plain = matches(take(sheet.cells, rest), _PLAIN)
    sheet.normalize_each(rest[~plain], email_address.normalize)
    values = take(sheet.values, rest)
    good = _good(values)
    hopeless = _is_ascii(values) & ~matches(values, _POSSIBLE)
    sheet.refuse(rest[hopeless], "EMAIL_FORMAT")
    sheet.refuse(rest[lengths(values) == 0], "EMAIL_MISSING")
    sheet.check_each(rest[~good & ~hopeless], email_address.check)


def _good(values: Cells) -> Mask:
    """Which normalised values the library accepts as they are, for certain."""
    return matches(values, _GOOD) & ~contains(values, _APART) & (lengths(values) <= LONGEST_CLEAR)


def _is_ascii(values: Cells) -> Mask:
    return matches(values, r"[\x00-\x7f]*")
