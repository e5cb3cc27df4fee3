"""A person's registration for online services and the states of its password."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pipeline.accounts.rules.deadlines import is_over


class RegistrationState(StrEnum):
    """States in which a person has a registration; LAPSED counts as none (rules 3)."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    BLOCKED = "BLOCKED"
    LAPSED = "LAPSED"


class CredentialState(StrEnum):
    """INITIAL: the card number of the day of registration serves as the password until it is changed."""

    INITIAL = "INITIAL"
    OWN = "OWN"


class Channel(StrEnum):
    """The door by which a person came in."""

    BULK = "bulk"
    INDIVIDUAL = "individual"
    COUNTER = "counter"


def standing(
    state: RegistrationState | None, *, confirm_until: datetime | None, now: datetime
) -> RegistrationState | None:
    """The state as it counts now: LAPSED is none, and so is PENDING past its day, noted or not (rules 3).

    >>> from datetime import UTC
    >>> standing(RegistrationState.LAPSED, confirm_until=None, now=datetime(2026, 11, 21, tzinfo=UTC))
    """
    if state is RegistrationState.LAPSED:
        return None
    if state is RegistrationState.PENDING and confirm_until and is_over(confirm_until, now=now):
        return None
    return state
