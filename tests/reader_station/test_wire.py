"""What travels between station and portal: limits, unknown fields, and nothing personal in print."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from pipeline.accounts.cards import CardFacts
from pipeline.accounts.rules.household import Household, Permit
from pipeline.words import Notice
from reader_station.wire import (
    LONGEST,
    ApplyRequest,
    CardRequest,
    CardStatus,
    ErrorAnswer,
    HouseholdProof,
    PermitProof,
    SentCard,
    rejection,
)

CARD = SentCard(
    card_number="000071234567", national_id="A212345678", name="林怡安", birth_date=date(1990, 3, 14)
)
HOUSEHOLD = {
    "name": "林怡安", "household_number": "F1234567", "county": "臺北市", "town": "大安區",
    "village": "龍門里", "neighbourhood": "5",
}  # fmt: skip
CONTACT = {"email": "yian@example.com", "phone": "0912345678"}
PASSWORDS = {"password": "shallow teapot 7", "password_again": "shallow teapot 7"}
APPLICATION = ApplyRequest(card=CARD, proof=HouseholdProof.model_validate(HOUSEHOLD), **CONTACT, **PASSWORDS)
NOTICE = Notice(code="X", title="標題", what_to_do="做法", title_en="Title", what_to_do_en="Do this.")


@pytest.mark.parametrize(
    ("sent", "known"),
    [(SentCard, CardFacts), (HouseholdProof, Household), (PermitProof, Permit)],
)
def test_what_is_sent_has_the_fields_that_the_accounts_take(sent: type[BaseModel], known: type[Any]) -> None:
    assert sent.model_fields.keys() - {"kind"} == {field.name for field in dataclasses.fields(known)}


def test_a_request_is_read_back_as_it_was_sent() -> None:
    assert ApplyRequest.model_validate(APPLICATION.model_dump(mode="json")) == APPLICATION


def test_a_request_with_an_unknown_field_is_refused() -> None:
    sent = CardRequest(card=CARD).model_dump(mode="json")
    for unknown in (sent | {"pin": "1"}, {"card": sent["card"] | {"pin": "1"}}):
        with pytest.raises(ValidationError):
            CardRequest.model_validate(unknown)


@pytest.mark.parametrize("text", ["x" * (LONGEST + 1), "a\0b"], ids=["endless", "nul"])
@pytest.mark.parametrize("field", [*HOUSEHOLD])
def test_an_endless_text_or_a_nul_is_refused_and_not_quoted(field: str, text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        HouseholdProof.model_validate(HOUSEHOLD | {field: text})
    assert text not in str(refused.value)


def test_an_answer_of_a_newer_portal_is_understood() -> None:
    status = CardStatus.model_validate({"state": "PENDING", "kind": "foreign", "colour": "blue"})
    assert (status.state, status.kind) == ("PENDING", "foreign")
    body = ErrorAnswer(error=rejection(NOTICE, {"email": "錯"}, {"email": "wrong"})).model_dump(mode="json")
    error = ErrorAnswer.model_validate(body | {"colour": "blue", "error": body["error"] | {"more": 1}}).error
    assert error == rejection(NOTICE, {"email": "錯"}, {"email": "wrong"})
    assert isinstance(error, Notice)


def test_nothing_of_a_person_is_printed() -> None:
    permit = PermitProof(issue_date=date(2024, 6, 1), expiry_date=date(2027, 5, 31), serial="AX12345678")
    foreign = APPLICATION.model_copy(update={"proof": permit})
    printed = f"{APPLICATION} {APPLICATION!r} {foreign!r} {rejection(NOTICE, CONTACT)!r}"
    typed = (*HOUSEHOLD.values(), *CONTACT.values(), *PASSWORDS.values(), "AX12345678", "2024", "1990")
    card = (CARD.card_number, CARD.national_id)
    assert [text for text in (*typed, *card) if len(text) > 1 and text in printed] == []


def test_nothing_is_changed_on_the_way() -> None:
    with pytest.raises(ValidationError):
        CARD.name = "x"  # type: ignore[misc]
