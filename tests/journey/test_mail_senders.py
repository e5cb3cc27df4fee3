"""Facts about who hands in by mail: who is believed, who is answered, of whom only staff hears (rules 1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.steps.decide_held_file import release_batch
from pipeline.store.tables import inbound_content
from tests.journey.mailroom import AUTHSERV_ID, File, Mailroom, letter
from tests.journey.office import (
    CONTACT,
    HEADER,
    NAME,
    OTHER_CONTACT,
    OTHER_NAME,
    OTHER_UNIT,
    STAFF,
    TODAY,
    UNIT,
)

GOOD = f"{HEADER}\r\nA123456789,a@example.com,0912345678\r\n".encode()
STRANGER = "someone@stranger.example.net"


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        pytest.param({"sender": STRANGER}, "UNKNOWN_SENDER", id="a stranger"),
        pytest.param(
            {"results": "dmarc=fail header.from=unit1.example.com"}, "DMARC_FAIL", id="a forged From"
        ),
        pytest.param({"results": None}, "NO_OWN_RESULT", id="no verdict of our border"),
        pytest.param(
            {
                "results": "dmarc=fail header.from=unit1.example.com",
                "headers": [
                    ("Authentication-Results", f"{AUTHSERV_ID}; dmarc=pass header.from=unit1.example.com")
                ],
            },
            "DMARC_FAIL",
            id="a second verdict, forged",
        ),
        pytest.param(
            {
                "results": None,
                "headers": [
                    ("Authentication-Results", f"{AUTHSERV_ID}; dmarc=pass header.from=unit1.example.com")
                ],
            },
            "NO_OWN_RESULT",
            id="the only verdict, forged",
        ),
        pytest.param({"headers": [("Auto-Submitted", "auto-replied")]}, "AUTO_SUBMITTED", id="an auto-reply"),
        pytest.param({"headers": [("Precedence", "bulk")]}, "PRECEDENCE", id="bulk"),
        pytest.param({"headers": [("Return-Path", "<>")]}, "NULL_RETURN_PATH", id="a bounce of a bounce"),
        pytest.param({"sender": "registration@nhi.example.com"}, "OWN_ADDRESS", id="our own address"),
        pytest.param({"sender": "service@nhi.example.com"}, "OWN_ADDRESS", id="our own Reply-To"),
    ],
)
def test_nobody_is_answered_to(mailroom: Mailroom, mail: dict[str, object], reason: str) -> None:
    office = mailroom.office
    mailroom.put(letter(File(NAME, GOOD), **mail))  # type: ignore[arg-type]
    mailroom.collect()
    assert mailroom.reasons() == [reason]
    assert (office.states(), office.owed()) == ([], [])
    assert (mailroom.count(), mailroom.count("Processed"), mailroom.count("Rejected")) == (0, 0, 1)
    assert office.all(inbound_content) == [], "the mail itself lies in Rejected"


def test_what_nobody_was_answered_to_is_told_to_staff_once_a_day(mailroom: Mailroom) -> None:
    office = mailroom.office
    office.settings.staff_mail = STAFF
    mailroom.put(letter(File(NAME, GOOD), sender=STRANGER), letter(File(NAME, GOOD), results=None))
    for _ in range(3):
        mailroom.take_in()
    assert office.owed() == [("digest", STAFF)]
    office.now += timedelta(days=1)
    mailroom.take_in()
    assert office.owed() == [("digest", STAFF)], "nothing new"
    mailroom.put(letter(sender=STRANGER))
    mailroom.take_in()
    assert office.owed() == [("digest", STAFF)] * 2


def test_without_staff_mail_there_is_no_digest(mailroom: Mailroom) -> None:
    mailroom.office.settings.staff_mail = ""
    mailroom.put(letter(File(NAME, GOOD), sender=STRANGER))
    mailroom.take_in()
    assert mailroom.office.owed() == []


def test_a_contact_of_another_unit_alone_is_told_at_the_stored_address(mailroom: Mailroom) -> None:
    office = mailroom.office
    mailroom.put(letter(File(NAME, GOOD), sender=OTHER_CONTACT.upper()))
    mailroom.collect()
    assert office.states() == [(NAME, "refused", "SENDER_NOT_CONTACT")]
    assert office.owed() == [("refusal", OTHER_CONTACT)]
    assert mailroom.count("Rejected") == 1


def test_two_units_in_one_mail_are_each_told_of_their_own(mailroom: Mailroom) -> None:
    office = mailroom.office
    mailroom.put(letter(File(NAME, GOOD), File(OTHER_NAME, GOOD)))
    mailroom.collect()
    assert office.states() == [(NAME, "waiting", ""), (OTHER_NAME, "refused", "SENDER_NOT_CONTACT")]
    assert office.owed() == [("receipt", CONTACT)]
    assert office.told() == [("receipt", CONTACT, NAME), ("receipt", CONTACT, OTHER_NAME)]
    assert mailroom.count("Processed") == 1


def test_an_agent_of_two_units_hands_in_for_both(mailroom: Mailroom) -> None:
    office = mailroom.office
    agent = "agent@example.org"
    for code in (UNIT, OTHER_UNIT):
        office.contact(code, agent)
    mailroom.put(letter(File(NAME, GOOD), File(OTHER_NAME, GOOD), sender=agent))
    mailroom.collect()
    assert [state for _, state, _ in office.states()] == ["waiting", "waiting"]
    assert office.told() == [
        ("receipt", agent, NAME),
        ("receipt", agent, OTHER_NAME),
        ("receipt", CONTACT, NAME),
        ("receipt", OTHER_CONTACT, OTHER_NAME),
    ]


def test_a_sender_whose_domain_has_no_records_waits_for_an_operator(mailroom: Mailroom) -> None:
    office = mailroom.office
    mailroom.put(letter(File(NAME, GOOD), results="dmarc=none header.from=unit1.example.com; spf=none"))
    mailroom.collect()
    assert office.states() == [(NAME, "held", "HELD")]
    assert office.owed() == [("held_notice", STAFF)], "the address may be forged: nobody else is told"
    release_batch(office.database, 1, actor="operator", at=office.now)
    office.summary()
    assert office.states() == [(NAME, "done", "")]
    assert ("answer", CONTACT) in office.owed()


def test_a_contact_that_joined_others_lately_waits_for_an_operator(mailroom: Mailroom) -> None:
    office = mailroom.office
    for days, code in ((7, "a"), (8, "b")):
        office.contact(
            UNIT, f"{code}@example.org", joined_others=True, first_seen_on=TODAY - timedelta(days=days)
        )
    mailroom.put(letter(File(NAME, GOOD), sender="a@example.org"))
    mailroom.put(letter(File(f"{UNIT}20261120.CSV", GOOD), sender="b@example.org"))
    mailroom.collect()
    assert [state for _, state, _ in office.states()] == ["held", "waiting"]
    assert ("receipt", CONTACT, NAME) in office.told(), "the others hear of what the new one sent"
