"""The confirmation mail's link: shown by GET, spent by POST (mail scanners open every link by GET)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pipeline.accounts.queries import mail_tokens
from pipeline.accounts.queries import registrations as accounts
from pipeline.accounts.refusals import AccountRefused
from pipeline.accounts.rules.deadlines import TokenPurpose, is_over
from pipeline.accounts.rules.registration import RegistrationState, in_force
from pipeline.clock import day_of
from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.engine import Connection, Database


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A registration that is active now; not new: the link was pressed twice."""

    state: Literal["ACTIVE"] = "ACTIVE"
    is_new: bool = True


def is_usable(database: Database, settings: Settings, token: str, *, now: datetime) -> bool:
    """Whether a page with the button is worth showing; spends nothing."""
    with database.reading() as connection:
        found = mail_tokens.find(connection, token, TokenPurpose.CONFIRM)
        return found is not None and found.used_at is None and not is_over(found.expires_at, now=now)


def confirm(database: Database, settings: Settings, token: str, *, now: datetime) -> Confirmed:
    """Spend the token and make the registration active; pressed again, it says so and changes nothing.

    Raises:
        AccountRefused: LINK_UNUSABLE.
    """
    with database.transaction() as connection:
        waiting = _registration_of(connection, token)
        if waiting is not None and waiting.state == RegistrationState.ACTIVE:
            return Confirmed(is_new=False)
        if waiting is None or not _is_pending(waiting, now):
            raise AccountRefused("LINK_UNUSABLE")
        if mail_tokens.spend(connection, token, TokenPurpose.CONFIRM, now=now) is None:
            raise AccountRefused("LINK_UNUSABLE")
        number = waiting.registration_id
        accounts.activate(connection, number, on=day_of(now))
        subject = f"registration {number}"
        audit.note(connection, actor="mail link", action="registration.confirm", subject=subject, at=now)
    return Confirmed()


def _registration_of(connection: Connection, token: str) -> Any | None:
    """The registration, held before its link is spent: whoever withdraws it takes them in the same order."""
    found = mail_tokens.find(connection, token, TokenPurpose.CONFIRM)
    return accounts.with_id(connection, found.registration_id) if found else None


def _is_pending(waiting: Any, now: datetime) -> bool:
    counted = in_force(RegistrationState(waiting.state), confirm_until=waiting.confirm_until, now=now)
    return counted is RegistrationState.PENDING
