"""How often a day: a home station's card and address, mails to one registration and one address (rules 3).

Home stations have no key, and what they send of a card can be copied: a day's limits keep trying dear.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pipeline.accounts.cards import CardFacts, Station
from pipeline.accounts.queries import limits
from pipeline.accounts.queries.limits import limit_key
from pipeline.clock import day_of
from pipeline.settings import Settings
from pipeline.store.engine import Connection

# (a person, an address) a day. A family shares an address, an employer's people perhaps too.
LOOKS: Final = (60, 300)
TRIES: Final = (20, 60)
RESENDS: Final = 5  # rules 3
MAILS_TO_AN_ADDRESS: Final = 10  # a family may share one; a stranger's must not be flooded


def is_within(
    connection: Connection,
    settings: Settings,
    what: str,
    allowed: tuple[int, int],
    *,
    card: CardFacts,
    station: Station,
    now: datetime,
) -> bool:
    """Count a home station's use, by person and by address; whether both are within the day's limits."""
    if station.kind != "home":
        return True
    asked = (("person", card.national_id), ("address", station.address))
    day = day_of(now)
    keys = [limit_key(settings.secret, what, *whose) for whose in asked]
    # In one order, so that two requests never wait for each other.
    counted = {key: limits.count_use(connection, key, day=day) for key in sorted(keys)}
    return all(counted[key] <= most for key, most in zip(keys, allowed, strict=True))


def may_mail(
    connection: Connection, settings: Settings, recipient: str, *, now: datetime, resent_to: int | None = None
) -> bool:
    """Count a confirmation mail, sent again for a registration or not; whether it is within the limits."""
    day = day_of(now)
    if resent_to is not None:
        key = limit_key(settings.secret, "resend", str(resent_to))
        if limits.count_use(connection, key, day=day) > RESENDS:
            return False
    key = limit_key(settings.secret, "mail", recipient.lower())
    return limits.count_use(connection, key, day=day) <= MAILS_TO_AN_ADDRESS
