"""Facts about who hands in by mail: who is believed, who is answered, of whom only staff hears (rules 1)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from pipeline.bulk.held_files import release_batch, vouch
from pipeline.bulk.intake.mailbox import LONGEST_HEAD, Mailbox
from pipeline.store.tables import inbound_content
from pipeline.tasks.mail_delivery import deliver_mail
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
    read_mails,
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


def test_a_message_id_taken_from_another_sender_keeps_nobodys_mail_out(mailroom: Mailroom) -> None:
    for sender in (OTHER_CONTACT, CONTACT):
        mailroom.put(letter(File(NAME, GOOD), sender=sender, message_id="<1@unit1.example.com>"))
    mailroom.collect()
    assert mailroom.office.states() == [(NAME, "refused", "SENDER_NOT_CONTACT"), (NAME, "waiting", "")]


def the_letter(mailroom: Mailroom) -> Any:
    """What goes out after one look at the mailbox, which is one letter."""
    office = mailroom.office
    mailroom.take_in()
    with office.post() as folder:
        deliver_mail(office.database, office.settings, now=office.clock)
        (told,) = read_mails(folder)
    return told


def test_an_attachment_without_a_name_is_not_called_the_mail(mailroom: Mailroom) -> None:
    mailroom.put(letter(File(NAME, GOOD), File(None, GOOD)))
    text = the_letter(mailroom).get_body(("plain",)).get_content()
    assert "■ （無檔名的附件）（2026-11-21 收到）" in text
    assert "您的來信" not in text
    assert "Your mail" not in text


def test_the_digest_says_where_a_mailed_file_lies_and_when_a_sender_is_illegible(mailroom: Mailroom) -> None:
    none = "dmarc=none header.from=unit1.example.com"
    mailroom.put(letter(results=none), letter(sender="hr@unit1.example.com."))
    text = the_letter(mailroom).get_body(("plain",)).get_content()
    assert "- （無檔名）\r\n  信中沒有名冊檔案" in text
    assert "郵寄的在信箱資料夾 Rejected" in text
    assert "（寄件人無法辨識）" in text


@pytest.mark.parametrize("header", [HEADER, "身分證號,信箱"], ids=["a column too many", "a column too few"])
def test_a_column_name_makes_no_link_in_a_letter(mailroom: Mailroom, header: str) -> None:
    rows = f"{header},至evil.example.com登入\r\nA123456789,a@example.com,0912345678,x\r\n"
    mailroom.put(letter(File(NAME, rows.encode())))
    told = the_letter(mailroom)
    for form in ("plain", "html"):
        text = told.get_body((form,)).get_content()
        assert "evil[.]example[.]com" in text
        assert "evil.example.com" not in text


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
    assert office.owed() == [("held_notice", STAFF), ("release", CONTACT)], "no receipt: From may be forged"
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


def test_a_contacts_mail_stands_before_a_flood_of_others_in_the_digest(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.bulk.queries.digest.MOST_MAILS", 3)
    office = mailroom.office
    mailroom.put(*(letter(sender=f"junk{number}@stranger.example.net") for number in range(6)))
    mailroom.put(letter(File(NAME, GOOD), results="dmarc=fail header.from=unit1.example.com"))
    mailroom.take_in()
    with office.post() as folder:
        office.night(delivers=True, reads_mailbox=False)
        (digest,) = [mail for mail in read_mails(folder) if mail["To"] == STAFF]
    text = digest.get_body(("plain",)).get_content()
    first = text.index("hr[@]unit1")
    assert first < text.index("junk0[@]")
    assert "junk5" not in text
    assert "另有4封" in text


def test_an_endless_head_is_not_fetched_whole(mailroom: Mailroom) -> None:
    endless = "".join(f"X-{number}: {'x' * 900}\r\n" for number in range(9_000)).encode()
    mailroom.put(letter(File(NAME, GOOD)).replace(b"MIME-Version", endless + b"MIME-Version", 1))
    with Mailbox(mailroom.url) as mailbox:
        (listed,) = mailbox.listed()
        assert listed.size > 8_000_000
        assert len(mailbox.fetch_head(listed.uid)) == LONGEST_HEAD
    mailroom.collect()
    assert mailroom.office.states() == [("", "refused", "FILE_TOO_LARGE")]


def test_a_contact_without_records_is_asked_three_times_a_day_at_most(mailroom: Mailroom) -> None:
    office = mailroom.office
    names = [File(f"{UNIT}202611{day:02}.CSV", GOOD) for day in range(10, 15)]
    mailroom.put(*(letter(name, results="dmarc=none header.from=unit1.example.com") for name in names))
    mailroom.collect()
    assert [state for _, state, _ in office.states()] == ["held"] * 5
    assert [row.recipient for row in office.letters("release")] == [CONTACT] * 3


def test_the_link_in_the_mail_frees_the_file_and_the_next_night_registers(mailroom: Mailroom) -> None:
    office = mailroom.office
    person = office.person()
    content = f"{HEADER}\r\n{person.row()}\r\n".encode()
    mailroom.put(letter(File(NAME, content), results="dmarc=none header.from=unit1.example.com"))
    mailroom.collect()
    with office.post() as folder:
        office.night(delivers=True, reads_mailbox=False)
        (question,) = [mail for mail in read_mails(folder) if mail["To"] == CONTACT]
    assert [row.payload for row in office.letters("release")] == [None], "only the receiver has the link now"
    (link,) = re.findall(r"https?://\S+/release/\S+", question.get_body(("plain",)).get_content())
    vouch(office.database, link.rpartition("/")[2], now=office.now)
    office.summary()
    assert office.answers() == ["網路服務註冊成功!"]
