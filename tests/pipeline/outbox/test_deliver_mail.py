"""Facts about delivering the outbox: every reply is recorded, no mail is lost, none tells too much."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from mailers.bounces import message_number
from pipeline.errors import MachineUnusable
from pipeline.outbox.deliver_mail import DeliveryCounts
from pipeline.outbox.queries import messages as outbox
from pipeline.outbox.steer_mail import pause_mail, resume_mail, retry_mail
from pipeline.store.tables import audit_event, beneficiary, outbox_message, unit
from pipeline.tasks.mail_delivery import deliver_mail
from tests.journey.office import CONTACT, NAME, STAFF, Office, read_mails
from tests.pipeline.outbox.mail_office import (
    HOUR,
    LATE,
    MINUTE,
    NEVER,
    SCHEDULE,
    deliver,
    deliver_to,
    messages,
    owe_mails,
    owe_success_mails,
)
from tests.pipeline.outbox.moody_server import moody_server


def test_answers_go_out_before_success_mails(office: Office) -> None:
    owe_mails(office)
    with moody_server(office) as moods:
        assert deliver(office) == DeliveryCounts(sent=4)
    assert [receiver for receiver, _ in moods.tries] == [CONTACT, *(person.email for person in office.people)]
    assert {(row.state, row.reply_code, row.sent_at) for row in messages(office).values()} == {
        ("sent", 250, office.now)
    }


def test_a_second_delivery_sends_nothing_again(office: Office) -> None:
    owe_mails(office)
    with moody_server(office) as moods:
        deliver(office)
        assert deliver(office) == DeliveryCounts()
    assert len(moods.tries) == 4


def test_a_mail_put_off_is_tried_by_the_schedule_until_48_hours_are_over(office: Office) -> None:
    owe_mails(office, 1)
    email = office.people[0].email
    began, waits = office.now, []
    with moody_server(office, {email: [LATE] * 100}) as moods:
        assert deliver(office) == DeliveryCounts(sent=1, retry=1)
        while (row := messages(office)[email]).state == "retry":
            waits.append(row.not_before - office.now)
            office.now = row.not_before - timedelta(seconds=1)
            assert deliver(office) == DeliveryCounts(), "not before its time"
            office.now = row.not_before
            deliver(office)
    planned = SCHEDULE + [4 * HOUR] * (len(waits) - len(SCHEDULE))
    assert all(0.8 * wait <= waited <= 1.2 * wait for wait, waited in zip(planned, waits, strict=True))
    assert len(set(waits)) == len(waits), "jitter keeps mails that failed together apart"
    assert row.state == "failed"
    assert timedelta(hours=48) < office.now - began < timedelta(hours=53)
    assert row.attempts == len(waits) + 1 == sum(receiver == email for receiver, _ in moods.tries)


def test_a_refused_mail_is_never_tried_again(office: Office) -> None:
    owe_mails(office)
    email = office.people[0].email
    with moody_server(office, {email: [NEVER]}) as moods:
        assert deliver(office) == DeliveryCounts(sent=3, bounced=1)
        office.now += timedelta(days=3)
        assert deliver(office) == DeliveryCounts()
    assert sum(receiver == email for receiver, _ in moods.tries) == 1
    row = messages(office)[email]
    assert (row.state, row.reply_code) == ("bounced", 550)
    assert "person" not in row.reply_text


def test_every_try_is_the_same_mail_to_the_byte(office: Office) -> None:
    owe_mails(office, 1)
    receivers = [CONTACT, office.people[0].email]
    with moody_server(office, {receiver: [LATE, LATE] for receiver in receivers}) as moods:
        for _ in range(3):
            deliver(office)
            office.now += timedelta(hours=1)
    for receiver in receivers:
        contents = [content for to, content in moods.tries if to == receiver]
        assert len(contents) == 3
        assert len(set(contents)) == 1
        assert contents[0].count(b"\nMessage-ID: <") == 1


def test_message_ids_differ_and_tell_nothing(office: Office) -> None:
    owe_mails(office)
    with office.post() as mails:
        deliver(office)
        found = [mail["Message-ID"] for mail in read_mails(mails)]
    assert len(set(found)) == 4
    assert all(found_id.endswith("@nhi.example.com>") and len(found_id) == 58 for found_id in found)


def test_an_unusable_address_stops_nobody_else(office: Office) -> None:
    owe_mails(office)
    with office.database.transaction() as connection:
        for number, unusable in enumerate(("a@example.com\r\nRCPT TO:<b@example.com>", "nobody", "")):
            connection.execute(
                outbox_message.insert().values(
                    kind="success", priority=30, about_id=1, about_part=50 + number, recipient=unusable,
                    state="queued", created_at=office.now, not_before=office.now,
                )
            )  # fmt: skip
    with moody_server(office) as moods:
        assert deliver(office) == DeliveryCounts(sent=4, bounced=3)
    assert len(moods.tries) == 4


def test_the_success_mail_tells_only_what_it_must(office: Office) -> None:
    person = office.person(former=True)
    with office.database.transaction() as connection:
        connection.execute(beneficiary.update().values(birth_date=date(1985, 3, 14)))
    office.file(NAME, person)
    with office.post() as mails:
        office.summary(delivers=True)
        (mail,) = [mail for mail in read_mails(mails) if mail["To"] == person.email]
    texts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    for text in texts:
        assert all(told in text for told in ("密碼變更", "健康存摺申請下載", "個人承保業務服務"))
        for value in ("1985", "0314", person.national_id[:6], *person.personal_values):
            assert value not in text
    assert "1.密碼變更(網頁連結) (預設密碼：健保卡卡號)" in texts[0]
    assert not list(mail.iter_attachments())


def test_a_units_name_with_a_line_end_bounces_nobody(office: Office) -> None:
    owe_mails(office)
    with office.database.transaction() as connection:
        connection.execute(unit.update().values(unit_name="範例\r\n單位\x07"))
    with office.post() as mails:
        assert deliver(office) == DeliveryCounts(sent=4)
        texts = [mail.get_body(("plain",)).get_content() for mail in read_mails(mails)]
    assert sum("「範例  單位 」" in text for text in texts) == 3


def test_the_answer_names_the_rejected_rows_first_and_encloses_log_and_csv(office: Office) -> None:
    stranger = office.stranger()
    office.file(NAME, office.person(), "", stranger)
    with office.post() as mails:
        office.summary(delivers=True)
        (mail,) = [mail for mail in read_mails(mails) if mail["To"] == CONTACT]
    text = mail.get_body(("plain",)).get_content()
    assert f"第2筆（試算表第4列）{stranger.national_id[:6]}****" in text
    assert text.index("試算表第4列") < text.index("02:00:00 開始執行...")
    files = {file.get_filename(): file.get_payload(decode=True) for file in mail.iter_attachments()}
    assert set(files) == {f"{NAME[:-4]}.log.txt", f"{NAME[:-4]}.annotated.csv"}
    assert all(content.startswith(b"\xef\xbb\xbf") for content in files.values())
    log = files[f"{NAME[:-4]}.log.txt"].decode("utf-8-sig").replace("\r\n", "\n")
    assert log == office.log()


def test_a_paused_outbox_waits_and_a_resumed_one_goes_on(office: Office) -> None:
    owe_mails(office)
    for _ in range(2):
        pause_mail(office.database, actor="operator", at=office.now)
    with moody_server(office) as moods:
        assert deliver(office) == DeliveryCounts(is_paused=True)
        assert moods.tries == []
        for _ in range(2):
            resume_mail(office.database, actor="operator", at=office.now)
        assert deliver(office).sent == 4
    actions = [row.action for row in office.all(audit_event)]
    assert actions == ["mail.pause", "mail.pause", "mail.resume", "mail.resume"]


def test_an_operators_retry_makes_waiting_and_failed_mails_due(office: Office) -> None:
    owe_mails(office)
    with office.database.transaction() as connection:
        for state, person in zip(("retry", "failed", "bounced"), office.people, strict=True):
            connection.execute(
                outbox_message.update()
                .where(outbox_message.c.recipient == person.email)
                .values(state=state, attempts=9, not_before=office.now + timedelta(hours=4))
            )
    assert retry_mail(office.database, actor="operator", at=office.now) == 2
    with moody_server(office) as moods:
        deliver(office)
    assert [receiver for receiver, _ in moods.tries] == [CONTACT, *(p.email for p in office.people[:2])]


def test_a_failed_mail_that_an_operator_retries_gets_more_than_one_try(office: Office) -> None:
    owe_mails(office, 1)
    email = office.people[0].email
    with office.database.transaction() as connection:
        connection.execute(outbox_message.update().values(state="failed", attempts=17))
    office.now += timedelta(days=3)
    retry_mail(office.database, actor="operator", at=office.now)
    with moody_server(office, {email: [LATE]}):
        deliver(office)
        assert messages(office)[email].state == "retry"
        office.now += timedelta(minutes=2)
        deliver(office)
    assert messages(office)[email].state == "sent"


def test_a_mail_that_waited_long_for_us_is_not_given_up_at_its_first_try(office: Office) -> None:
    owe_mails(office, 1)
    email = office.people[0].email
    pause_mail(office.database, actor="operator", at=office.now)
    office.now += timedelta(days=3)
    resume_mail(office.database, actor="operator", at=office.now)
    with moody_server(office, {email: ["451 4.7.1 greylisted"]}):
        assert deliver(office) == DeliveryCounts(sent=1, retry=1)


def test_a_server_slower_than_the_lease_makes_no_mail_go_out_twice(office: Office) -> None:
    owe_mails(office, 8)
    taken_by_another: list[Any] = []

    def four_minutes_pass_and_another_deliverer_looks() -> None:
        office.now += 4 * MINUTE
        with office.database.transaction() as connection:
            taken_by_another.extend(outbox.claim(connection, now=office.now, limit=64))

    with moody_server(office, meanwhile=four_minutes_pass_and_another_deliverer_looks) as moods:
        assert deliver(office) == DeliveryCounts(sent=9)
    assert taken_by_another == []
    assert len(moods.tries) == 9
    assert {row.attempts for row in messages(office).values()} == {1}


def test_while_the_server_is_away_everything_stays_queued(office: Office) -> None:
    owe_mails(office)
    office.settings = office.settings.model_copy(update={"smtp_port": 1})
    with pytest.raises(MachineUnusable, match="mail server"):
        deliver(office)
    assert {(row.state, row.attempts) for row in messages(office).values()} == {("queued", 0)}
    with moody_server(office):
        assert deliver(office) == DeliveryCounts(sent=4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("mail_from", "no address", id="sender"),
        pytest.param("mail_from", "A\x07B <a@example.com>", id="sender's name"),
        pytest.param("reply_to", "no address", id="reply-to"),
        pytest.param("portal_url", "nowhere", id="portal"),
    ],
)
def test_a_setting_that_fits_no_mail_stops_the_delivery_and_bounces_nobody(
    office: Office, name: str, value: str
) -> None:
    owe_mails(office)
    with moody_server(office):
        right = office.settings
        office.settings = right.model_copy(update={name: value})
        with pytest.raises(MachineUnusable, match=f"NHICARD_{name.upper()}"):
            deliver(office)
        assert {row.state for row in messages(office).values()} == {"queued"}
        office.settings = right
        assert deliver(office).sent == 4


def test_a_held_notice_names_the_file_and_nobody_in_it(office: Office) -> None:
    office.file(NAME, *(office.stranger() for _ in range(20)))
    with office.post() as mails:
        office.summary(delivers=True)
        (mail,) = read_mails(mails)
    assert mail["To"] == STAFF
    text = mail.get_body(("plain",)).get_content()
    assert NAME in text
    assert "20 rows, but the unit covers 0 people" in text
    assert "nhicard batch release 1" in text


# --- return addresses ---


def test_each_mail_has_a_return_address_of_its_own(office: Office) -> None:
    owe_success_mails(office, 3)
    office.settings = office.settings.model_copy(update={"bounce_domain": "bounces.example.com"})
    _, server = deliver_to(office)
    senders = [command for command in server.commands if command.startswith("MAIL FROM")]
    numbers = [
        message_number(office.settings.secret, sender, domain="bounces.example.com") for sender in senders
    ]
    assert numbers == [1, 2, 3]


def test_without_a_domain_for_bounces_the_sender_is_the_one_of_the_settings(office: Office) -> None:
    owe_success_mails(office, 1)
    _, server = deliver_to(office)
    (sender,) = [command for command in server.commands if command.startswith("MAIL FROM")]
    assert sender.startswith("MAIL FROM:<registration@nhi.example.com>")


# --- how much at once ---


def test_a_slow_server_makes_claims_small_so_that_what_is_urgent_need_not_wait(office: Office) -> None:
    owe_success_mails(office, 300)
    tried: list[int] = []

    def a_second_passes() -> None:
        office.now += timedelta(seconds=1)
        tried.append(sum(row.state == "sending" for row in messages(office).values()))

    with moody_server(office, meanwhile=a_second_passes):
        deliver(office)
    assert max(tried[150:]) <= 8


def test_only_the_urgent_when_asked(office: Office) -> None:
    owe_success_mails(office, 3)
    payload = {"link": "https://portal.example.com/confirm/x", "valid_until": "2026-11-22 02:00"}
    office.insert(
        outbox_message, kind="confirmation", priority=10, recipient="lin@example.com", state="queued",
        created_at=office.now, not_before=office.now, payload=payload,
    )  # fmt: skip
    with moody_server(office) as moods:
        counts = deliver_mail(office.database, office.settings, now=office.clock, only_urgent=True)
        assert counts == DeliveryCounts(sent=1)
    assert [receiver for receiver, _ in moods.tries] == ["lin@example.com"]
