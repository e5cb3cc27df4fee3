"""Which files an operator must look at before anything of them is registered (docs/rules.md 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

HOLD_FROM_ROWS: Final = 20
HOLD_ROWS_PER_COVERED: Final = 3
HOLD_SHARED_EMAIL: Final = 5
HOLD_NEW_CONTACT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What a file looks like from outside: counts only (docs/rules.md 1)."""

    rows: int
    covered_people: int
    not_insured: int
    wrong_check_digits: int
    most_people_per_email: int


def hold_reason(seen: Suspicion) -> str | None:
    """Why an operator must look at the file before anything is registered; None: no reason."""
    if seen.rows < HOLD_FROM_ROWS:
        return None
    if seen.rows > HOLD_ROWS_PER_COVERED * seen.covered_people:
        return f"{seen.rows} rows, but the unit covers {seen.covered_people} people"
    strangers = seen.not_insured + seen.wrong_check_digits
    if strangers * 2 > seen.rows:
        return f"{strangers} of {seen.rows} rows are not insured here or have a wrong check digit"
    if seen.most_people_per_email > HOLD_SHARED_EMAIL:
        return f"one e-mail stands for {seen.most_people_per_email} people"
    return None


def hold_sender_reason(
    *, is_proved: bool, first_seen_on: date, joined_others: bool, received_on: date
) -> str | None:
    """Why an operator must look at who sent a mail; None: no reason (docs/rules.md 1).

    A contact that a unit's first load brought is no change; one that joined or replaced others is.
    """
    if not is_proved:
        return "the sender's domain publishes no SPF, DKIM or DMARC records: nothing proves who sent this"
    if joined_others and received_on - first_seen_on <= HOLD_NEW_CONTACT:
        return f"the sender became a contact of this unit on {first_seen_on}, beside or in place of others"
    return None
