"""A person's registration for online services and the states of its password."""

from __future__ import annotations

from enum import StrEnum


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
