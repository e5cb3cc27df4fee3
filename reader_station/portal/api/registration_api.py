"""Individual registration (個人註冊): apply, have the mail sent again, withdraw."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from pipeline.accounts import enrol
from reader_station.portal.api.received import card_facts, fields_of, proof_of
from reader_station.portal.portal_context import Context
from reader_station.portal.station_access import AskingStation
from reader_station.wire import (
    APPLY,
    RESEND,
    WITHDRAW,
    ApplyRequest,
    CardRequest,
    ConfirmationSent,
    Contact,
    NewPassword,
)

router: Final = APIRouter()


@router.post(APPLY.path, status_code=201)
def apply(body: ApplyRequest, context: Context, station: AskingStation) -> ConfirmationSent:
    """Apply; the confirmation mail is sent at once."""
    applied = enrol.apply(
        context.database,
        context.settings,
        card_facts(body.card),
        proof_of(body.proof),
        **fields_of(Contact, body),
        **fields_of(NewPassword, body),
        station=station,
        now=context.now(),
    )
    context.urgent_mail.wake()
    return ConfirmationSent.model_validate(applied)


@router.post(RESEND.path)
def resend(body: CardRequest, context: Context, station: AskingStation) -> ConfirmationSent:
    """Send the confirmation mail again (重寄確認信)."""
    card = card_facts(body.card)
    applied = enrol.resend(context.database, context.settings, card, station=station, now=context.now())
    context.urgent_mail.wake()
    return ConfirmationSent.model_validate(applied)


@router.post(WITHDRAW.path, status_code=204)
def withdraw(body: CardRequest, context: Context, station: AskingStation) -> None:
    """Delete the application that waits for its confirmation (刪除註冊申請)."""
    card = card_facts(body.card)
    enrol.withdraw(context.database, context.settings, card, station=station, now=context.now())
