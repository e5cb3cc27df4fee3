"""A person's registration for online services: its states, what they refuse, and which of two binds.

These tables are the only statement of the rule (docs/rules.md 3). The stations and the portal ask `decide`;
the night's SQL is built from the tables (`pipeline.bulk.queries.judgement`), and a property test holds the
two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from pipeline.accounts.rules.deadlines import is_over


class RegistrationState(StrEnum):
    """States of a registration. Without one a person never applied, or withdrew."""

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
    """The way by which a person was registered."""

    BULK = "bulk"
    INDIVIDUAL = "individual"
    COUNTER = "counter"


class RegistrationRefusal(StrEnum):
    """Why a person cannot be registered again."""

    BLOCKED = "BLOCKED"
    ALREADY_REGISTERED = "ALREADY_REGISTERED"


# Where a person has two registrations (under the former number too), the first of these states binds.
PRECEDENCE: Final = (
    RegistrationState.BLOCKED,
    RegistrationState.SUSPENDED,
    RegistrationState.ACTIVE,
    RegistrationState.PENDING,
    RegistrationState.LAPSED,
)
# What a registration in force refuses. LAPSED refuses nothing: it counts as none.
REFUSES: Final = {
    RegistrationState.BLOCKED: RegistrationRefusal.BLOCKED,
    RegistrationState.SUSPENDED: RegistrationRefusal.BLOCKED,
    RegistrationState.ACTIVE: RegistrationRefusal.ALREADY_REGISTERED,
    RegistrationState.PENDING: RegistrationRefusal.ALREADY_REGISTERED,
}


def in_force(
    state: RegistrationState | None, *, confirm_until: datetime | None, now: datetime
) -> RegistrationState | None:
    """Returns the state as it counts now; None: as if there were no registration.

    LAPSED counts as none, and so does PENDING past its last day, whether housekeeping noted it or not.

    >>> from datetime import UTC
    >>> in_force(RegistrationState.LAPSED, confirm_until=None, now=datetime(2026, 11, 21, tzinfo=UTC))
    """
    if state is RegistrationState.LAPSED:
        return None
    if state is RegistrationState.PENDING and confirm_until and is_over(confirm_until, now=now):
        return None
    return state


def decide(
    registrations: Iterable[tuple[RegistrationState, datetime | None]], *, now: datetime
) -> RegistrationRefusal | None:
    """Why a person with these registrations (state, last moment to confirm) cannot register; None: can.

    >>> from datetime import UTC
    >>> decide([(RegistrationState.ACTIVE, None)], now=datetime(2026, 11, 21, tzinfo=UTC))
    <RegistrationRefusal.ALREADY_REGISTERED: 'ALREADY_REGISTERED'>
    """
    counted = {in_force(state, confirm_until=until, now=now) for state, until in registrations}
    binding = next((state for state in PRECEDENCE if state in counted), None)
    return REFUSES[binding] if binding else None
