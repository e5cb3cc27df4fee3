"""A person registers with the card: proves who they are, applies, has the mail sent again, takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.accounts import passwords, uses
from pipeline.accounts.cards import CardFacts, Proof, Station
from pipeline.accounts.identity import proof_faults, prove
from pipeline.accounts.letters import CONFIRMATION
from pipeline.accounts.queries import mail_tokens
from pipeline.accounts.queries import registrations as accounts
from pipeline.accounts.queries.registrations import Application
from pipeline.accounts.refusals import AccountRefused, fields_refused
from pipeline.accounts.rules import password as password_rules
from pipeline.accounts.rules.deadlines import TokenPurpose, confirm_until, link_until
from pipeline.accounts.shown import masked_email
from pipeline.accounts.standing import Found, actor, find_card, move_card
from pipeline.clock import day_of, minute
from pipeline.outbox.queries import messages, suppression
from pipeline.outbox.queries.messages import NewMessage
from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.engine import Connection, Database
from validators import email_address
from validators import phone as phone_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """An application that waits for its confirmation, until (such as 2026-11-26 23:59) Asia/Taipei."""

    confirm_until: str
    email_masked: str
    email_may_be_mistyped: bool = False


def check_identity(
    database: Database, settings: Settings, card: CardFacts, proof: Proof, *, station: Station, now: datetime
) -> None:
    """Do the typed facts agree with the register? Wrong tries are counted.

    Raises:
        AccountRefused: FIELDS, UNKNOWN_CARD, OLD_CARD, ALREADY_REGISTERED, BLOCKED, MISMATCH, LOCKED,
            TOO_MANY.
    """
    if faults := proof_faults(card, proof):
        raise fields_refused(faults)
    with database.transaction() as connection:
        refusal, _ = prove(connection, settings, card, proof, station=station, now=now)
    if refusal:  # only now: the count is committed
        raise AccountRefused(refusal)


def apply(
    database: Database,
    settings: Settings,
    card: CardFacts,
    proof: Proof,
    *,
    email: str,
    phone: str,
    password: str,
    password_again: str,
    station: Station,
    now: datetime,
) -> Applied:
    """Apply: a PENDING registration and its confirmation mail in one transaction; deliver at once afterwards.

    Raises:
        AccountRefused: as `check_identity`, and TOO_MANY_MAILS.
    """
    address, number = email_address.check(email), phone_number.check(phone)
    chosen = password_rules.normalize(password)
    faults = proof_faults(card, proof) | {
        name: code for name, code in (("email", address.fault), ("phone", number.fault)) if code
    }
    faults |= _password_faults(card, chosen, password_again, address.value, number.value)
    if faults:
        raise fields_refused(faults)
    with database.transaction() as connection:
        refusal, found = prove(connection, settings, card, proof, station=station, now=now)
        is_unreachable = not refusal and _is_unreachable(connection, settings, address.value, now)
    if refusal:
        raise AccountRefused(refusal)
    if is_unreachable:
        raise fields_refused({"email": "EMAIL_UNREACHABLE"})
    application = Application(
        national_id=found.person.national_id,
        card_number=card.card_number,
        email=address.value,
        phone=number.value,
        password_hash=passwords.hashed(chosen),  # slow on purpose, so outside of every transaction
        applied_on=day_of(now),
        confirm_until=confirm_until(now),
    )
    with database.transaction() as connection:
        _put(connection, settings, application, station, now)
    return Applied(
        confirm_until=minute(application.confirm_until),
        email_masked=masked_email(address.value),
        email_may_be_mistyped=email_address.is_likely_typo(address.value),
    )


def resend(
    database: Database, settings: Settings, card: CardFacts, *, station: Station, now: datetime
) -> Applied:
    """Queue another confirmation mail to the address of the application (重寄確認信), at most 5 a day.

    Raises:
        AccountRefused: NOT_PENDING, TOO_MANY_MAILS, UNKNOWN_CARD, OLD_CARD, TOO_MANY.
    """
    with database.transaction() as connection:
        refusal, found = _pending(connection, settings, card, station, now)
        if not refusal:
            waiting = found.registration
            number = waiting.registration_id
            if uses.may_mail(connection, settings, waiting.email, now=now, resent_to=number):
                _queue_confirmation(connection, settings, number, waiting.email, waiting.confirm_until, now)
                _note(connection, settings, station, "registration.resend", number, now)
            else:
                refusal = "TOO_MANY_MAILS"
    if refusal:
        raise AccountRefused(refusal)
    until = waiting.confirm_until
    return Applied(confirm_until=minute(until) if until else "", email_masked=masked_email(waiting.email))


def withdraw(
    database: Database, settings: Settings, card: CardFacts, *, station: Station, now: datetime
) -> None:
    """Delete the application that waits for confirmation (刪除註冊申請).

    Raises:
        AccountRefused: NOT_PENDING, UNKNOWN_CARD, OLD_CARD, TOO_MANY.
    """
    with database.transaction() as connection:
        refusal, found = _pending(connection, settings, card, station, now)
        if not refusal:
            number = found.registration.registration_id
            accounts.delete_registration(connection, number)
            _note(connection, settings, station, "registration.withdraw", number, now)
    if refusal:
        raise AccountRefused(refusal)


def _password_faults(card: CardFacts, password: str, again: str, email: str, phone: str) -> dict[str, str]:
    personal = (card.card_number, card.national_id, email, email.partition("@")[0], phone)
    fault = password_rules.fault(password, birth_date=card.birth_date, personal=personal)
    if fault:
        return {"password": fault}
    return {} if password_rules.normalize(again) == password else {"password_again": "PASSWORD_DIFFERS"}


def _is_unreachable(connection: Connection, settings: Settings, address: str, now: datetime) -> bool:
    key = suppression.address_key(settings.secret, address)
    return bool(suppression.suppressed(connection, [key], now=now))


def _put(
    connection: Connection, settings: Settings, application: Application, station: Station, now: datetime
) -> None:
    """Store the application and queue its mail, or refuse and leave nothing: of two at once, one."""
    number = accounts.put_application(connection, application, now=now)
    if number is None:
        raise AccountRefused("ALREADY_REGISTERED")
    if not uses.may_mail(connection, settings, application.email, now=now):
        raise AccountRefused("TOO_MANY_MAILS")
    _queue_confirmation(connection, settings, number, application.email, application.confirm_until, now)
    _note(connection, settings, station, "registration.apply", number, now)


def _pending(
    connection: Connection, settings: Settings, card: CardFacts, station: Station, now: datetime
) -> tuple[str, Found]:
    """(refusal code or "", what was found) of a card whose application should wait for confirmation."""
    if not uses.is_within(connection, settings, "try", uses.TRIES, card=card, station=station, now=now):
        return "TOO_MANY", Found("UNKNOWN_CARD")
    found = find_card(connection, card, now=now, holds=True)
    if found.state in ("UNKNOWN_CARD", "OLD_CARD"):
        return found.state, found
    move_card(connection, found, station=station, settings=settings, now=now)
    return "" if found.state == "PENDING" else "NOT_PENDING", found


def _queue_confirmation(
    connection: Connection,
    settings: Settings,
    registration_id: int,
    email: str,
    deadline: datetime | None,
    now: datetime,
) -> None:
    until = link_until(TokenPurpose.CONFIRM, now=now, deadline=deadline)
    token = mail_tokens.issue(
        connection, TokenPurpose.CONFIRM, expires_at=until, registration_id=registration_id
    )
    payload: dict[str, Any] = {
        "link": settings.portal_link("confirm", token),
        "valid_until": minute(until),
    }
    mail = NewMessage(
        kind=CONFIRMATION.name, priority=CONFIRMATION.priority, recipient=email, payload=payload
    )
    messages.queue(connection, [mail], at=now)


def _note(
    connection: Connection, settings: Settings, station: Station, action: str, number: int, now: datetime
) -> None:
    subject = f"registration {number}"
    audit.note(connection, actor=actor(station, settings), action=action, subject=subject, at=now)
