"""Who proves to be the card's person, and what happens to who does not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.accounts.cards import CardFacts, Proof
from pipeline.accounts.enrol import check_identity
from pipeline.accounts.refusals import AccountRefused
from pipeline.store.tables import audit_event, card_lock
from tests.pipeline.people import HOME, KIOSK, People


def tried(people: People, card: CardFacts, proof: Proof) -> str:
    """The refusal's code, or "" when the identity is proved."""
    try:
        check_identity(people.database, people.settings, card, proof, station=KIOSK, now=people.now)
    except AccountRefused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    "kind", [{}, {"foreign": True}, {"foreign": True, "permanent": True}, {"former": True}]
)
def test_what_the_register_says_is_proof(people: People, kind: dict[str, bool]) -> None:
    holder = people.holder(**kind)
    assert tried(people, holder.card, holder.proof) == ""


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({"county": "台北市"}, id="台 for 臺"),
        pytest.param({"village": "龍門"}, id="里 left out"),
        pytest.param({"village": "龍門村"}, id="村 for 里"),
        pytest.param({"neighbourhood": "005"}, id="zeros before"),
        pytest.param({"neighbourhood": "５鄰"}, id="full-width, with 鄰"),
        pytest.param({"household_number": "ｆ1234567 "}, id="full-width lower case"),
        pytest.param({"name": "林〓安"}, id="an unreadable character"),
        pytest.param({"name": " 林 怡 安 "}, id="blanks in the name"),
    ],
)
def test_another_way_of_writing_it_is_proof_too(people: People, cells: dict[str, str]) -> None:
    holder = people.holder()
    assert tried(people, holder.card, holder.typing(**cells)) == ""


WRONG = [
    pytest.param({}, {"household_number": "F7654321"}, id="household number"),
    pytest.param({}, {"county": "新北市"}, id="county"),
    pytest.param({}, {"town": "信義區"}, id="town"),
    pytest.param({}, {"village": "龍泉里"}, id="village"),
    pytest.param({}, {"neighbourhood": ""}, id="neighbourhood"),
    pytest.param({"foreign": True}, {"issue_date": date(2024, 6, 2)}, id="issue date"),
    pytest.param({"foreign": True}, {"expiry_date": None}, id="not permanent"),
    pytest.param({"foreign": True}, {"serial": "AX12345679"}, id="serial number"),
]


@pytest.mark.parametrize(("kind", "cells"), WRONG)
def test_any_mismatch_has_one_answer_and_the_fifth_locks_the_card_for_a_day(
    people: People, kind: dict[str, bool], cells: dict[str, Any]
) -> None:
    holder = people.holder(**kind)
    wrong = holder.typing(**cells)
    assert [tried(people, holder.card, wrong) for _ in range(5)] == ["MISMATCH"] * 4 + ["LOCKED"]
    assert tried(people, holder.card, holder.proof) == "LOCKED", "even what is right"
    assert people.look(holder.card).state == "LOCKED"
    other = people.holder(**kind)
    assert tried(people, other.card, other.proof) == "", "another card is not locked"
    people.now += timedelta(hours=23, minutes=59)
    assert tried(people, holder.card, holder.proof) == "LOCKED"
    people.now += timedelta(minutes=1)
    assert people.look(holder.card).state == "none"
    assert tried(people, holder.card, holder.proof) == ""


def test_a_wrong_name_alone_is_refused_and_never_counted(people: People) -> None:
    holder = people.holder()
    assert {tried(people, holder.card, holder.typing(name="林怡君")) for _ in range(8)} == {"MISMATCH"}
    assert tried(people, holder.card, holder.proof) == ""


def test_wrong_tries_are_counted_a_day_and_forgotten_when_it_is_right(people: People) -> None:
    holder = people.holder()
    wrong = holder.typing(village="龍泉里")
    assert [tried(people, holder.card, wrong) for _ in range(4)] == ["MISMATCH"] * 4
    people.now += timedelta(days=1)
    assert [tried(people, holder.card, wrong) for _ in range(4)] == ["MISMATCH"] * 4
    assert tried(people, holder.card, holder.proof) == ""
    assert [tried(people, holder.card, wrong) for _ in range(4)] == ["MISMATCH"] * 4


def test_tries_at_the_same_moment_are_all_counted(people: People) -> None:
    holder = people.holder()
    wrong = holder.typing(village="龍泉里")
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: tried(people, holder.card, wrong), range(12)))
    assert sorted(codes) == ["LOCKED"] * 8 + ["MISMATCH"] * 4


def test_what_the_register_leaves_empty_never_agrees(people: People) -> None:
    holder, resident = people.holder(), people.holder(foreign=True)
    people.change(holder.national_id, household_number="")
    people.change(resident.national_id, arc_issue_date=None)
    assert tried(people, holder.card, holder.proof) == "MISMATCH"
    assert tried(people, resident.card, resident.proof) == "MISMATCH"


@pytest.mark.parametrize(
    ("kind", "cells", "fields"),
    [
        pytest.param({}, {"household_number": "1234567"}, ["household_number"], id="no household number"),
        pytest.param(
            {},
            {"name": " ", "county": "", "town": "", "village": ""},
            ["county", "name", "town", "village"],
            id="empty",
        ),
        pytest.param({}, {"neighbourhood": "三"}, ["neighbourhood"], id="no digits"),
        pytest.param(
            {"foreign": True}, {"issue_date": None, "serial": ""}, ["issue_date", "serial"], id="none"
        ),
        pytest.param(
            {"foreign": True}, {"expiry_date": date(2024, 6, 1)}, ["expiry_date"], id="over when it begins"
        ),
    ],
)
def test_a_field_that_cannot_be_right_is_named_in_both_languages_and_no_try_is_counted(
    people: People, kind: dict[str, bool], cells: dict[str, Any], fields: list[str]
) -> None:
    holder = people.holder(**kind)
    with pytest.raises(AccountRefused) as refused:
        check_identity(
            people.database,
            people.settings,
            holder.card,
            holder.typing(**cells),
            station=HOME,
            now=people.now,
        )
    assert (refused.value.code, refused.value.status) == ("FIELDS", 400)
    assert sorted(refused.value.fields) == sorted(refused.value.fields_en) == fields
    assert people.all(card_lock) == []


def test_a_foreigner_has_no_household_and_a_national_no_permit(people: People) -> None:
    national, foreigner = people.holder(), people.holder(foreign=True)
    assert tried(people, national.card, foreigner.proof) == "FIELDS"
    assert tried(people, foreigner.card, national.proof) == "FIELDS"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("ACTIVE", "ALREADY_REGISTERED"),
        ("PENDING", "ALREADY_REGISTERED"),
        ("SUSPENDED", "BLOCKED"),
        ("BLOCKED", "BLOCKED"),
        ("LAPSED", ""),
    ],
)
def test_who_is_registered_or_blocked_cannot_register(people: People, state: str, code: str) -> None:
    holder = people.holder()
    people.register(people.people[-1], state)
    assert tried(people, holder.card, holder.proof) == code


def test_an_old_or_unknown_card_proves_nothing(people: People) -> None:
    holder = people.holder()
    assert tried(people, replace(holder.card, national_id="A123456789"), holder.proof) == "UNKNOWN_CARD"
    people.new_card(holder)
    assert tried(people, holder.card, holder.proof) == "OLD_CARD"


def test_the_audit_tells_wrong_tries_and_the_lock_and_names_nobody(people: People) -> None:
    holder = people.holder()
    for _ in range(5):
        tried(people, holder.card, holder.typing(village="龍泉里"))
    events = people.all(audit_event)
    assert [event.action for event in events] == ["identity.wrong"] * 4 + ["card.locked"]
    assert {event.actor for event in events} == {"kiosk station kiosk-1"}
    told = " ".join(str(tuple(event)) for event in events)
    assert all(value not in told for value in people.people[-1].personal_values)
