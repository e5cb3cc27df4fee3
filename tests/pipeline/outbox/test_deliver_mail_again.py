"""Mails that do not arrive at once: wrong addresses, doubtful tries, servers that ask to wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.outbox.deliver_mail import DeliveryCounts
from pipeline.outbox.queries.suppression import address_key, note_hard
from pipeline.store.tables import outbox_message, suppression
from tests.journey.office import Office
from tests.mailers.scripted_server import HANG_UP
from tests.pipeline.outbox.mail_office import NEVER, deliver, deliver_to, messages, owe_success_mails
from tests.pipeline.outbox.moody_server import moody_server

# --- addresses that mail does not reach ---


def test_a_wrong_address_is_left_alone_from_then_on_and_the_mail_says_until_when(office: Office) -> None:
    email, *_ = owe_success_mails(office, 1)
    with moody_server(office, {email: [NEVER]}) as moods:
        assert deliver(office) == DeliveryCounts(bounced=1)
        office.now += timedelta(days=1)
        office.insert(
            outbox_message, kind="success", priority=30, about_id=1, about_part=9, recipient=email.upper(),
            state="queued", created_at=office.now, not_before=office.now,
        )  # fmt: skip
        assert deliver(office) == DeliveryCounts(suppressed=1)
    assert len(moods.tries) == 1
    row = messages(office)[email.upper()]
    assert (row.state, row.attempts, row.reply_code) == ("suppressed", 0, None)
    assert row.reply_text == "suppressed until 2026-12-20 18:00 UTC"


@pytest.mark.parametrize(
    "reply",
    ["550 5.7.1 blocked by policy", "552 5.2.2 mailbox full", "554 spam", "550 5.1.8 your domain is unknown"],
)
def test_a_refusal_that_is_not_about_the_address_suppresses_nobody(office: Office, reply: str) -> None:
    email, *_ = owe_success_mails(office, 1)
    with moody_server(office, {email: [reply]}):
        assert deliver(office) == DeliveryCounts(bounced=1)
    assert office.all(suppression) == []


def test_an_address_is_tried_again_when_its_time_is_over(office: Office) -> None:
    email, *_ = owe_success_mails(office, 1)
    with moody_server(office, {email: [NEVER]}):
        deliver(office)
        office.now += timedelta(days=30)
        with office.database.transaction() as connection:
            connection.execute(outbox_message.update().values(state="queued"))
        assert deliver(office) == DeliveryCounts(sent=1)


def test_all_of_a_claim_may_be_suppressed_and_the_delivery_goes_on(office: Office) -> None:
    emails = owe_success_mails(office, 200)
    with moody_server(office) as moods:
        with office.database.transaction() as connection:
            keys = [address_key(office.settings.secret, email) for email in emails[:150]]
            note_hard(connection, keys, at=office.now)
        assert deliver(office) == DeliveryCounts(sent=50, suppressed=150)
    assert [receiver for receiver, _ in moods.tries] == emails[150:]


# --- mails whose fate is unknown ---


def test_a_mail_that_the_server_may_have_taken_is_tried_again_with_its_message_id(office: Office) -> None:
    email, *_ = owe_success_mails(office, 1)
    counts, first = deliver_to(office, DOT=[HANG_UP])
    assert counts == DeliveryCounts(retry=1, possibly_doubled=1)
    row = messages(office)[email]
    assert (row.state, row.ambiguous_attempts, row.reply_code) == ("retry", 1, None)
    office.now = row.not_before
    counts, second = deliver_to(office)
    assert counts == DeliveryCounts(sent=1)
    assert first.taken == second.taken
    row = messages(office)[email]
    assert (row.state, row.ambiguous_attempts) == ("sent", 1)


@pytest.mark.parametrize(
    ("script", "state"),
    [
        pytest.param({"DOT": [HANG_UP]}, "unknown", id="ambiguous"),
        pytest.param({"DOT": ["451 later"]}, "failed", id="put_off"),
        pytest.param({"RCPT": [HANG_UP] * 2}, "failed", id="lost_before_the_text"),
    ],
)
def test_after_48_hours_a_mail_is_failed_or_unknown_by_its_last_try(
    office: Office, script: dict[str, list[str]], state: str
) -> None:
    email, *_ = owe_success_mails(
        office, 1, created_at=office.now - timedelta(hours=49), attempts=16, state="retry"
    )
    counts, _ = deliver_to(office, **script)
    assert getattr(counts, state) == 1
    assert messages(office)[email].state == state


# --- how long to wait ---


@pytest.mark.parametrize(
    ("reply", "attempts", "seconds"),
    [
        pytest.param("450 4.2.0 Greylisted, see again in 300 seconds", 0, (310, 310), id="seconds"),
        pytest.param("451 4.7.1 please try again in 5 minutes", 0, (310, 310), id="minutes"),
        pytest.param("450 greylisted for 00300s", 0, (310, 310), id="short_form"),
        pytest.param("450 try in 90 minutes", 0, (5410, 5410), id="longer_than_the_schedule"),
        pytest.param("450 try in 999999 minutes", 0, (14400, 14400), id="four_hours_at_most"),
        pytest.param("450 try in 0 seconds", 0, (10, 10), id="never_at_once"),
        pytest.param("450 try in 1 second", 9, (11520, 17280), id="not_for_ever"),
        pytest.param("450 4.2.0 try again later", 0, (48, 72), id="no_time_named"),
    ],
)
def test_a_server_that_names_a_time_is_taken_at_its_word(
    office: Office, reply: str, attempts: int, seconds: tuple[int, int]
) -> None:
    email, *_ = owe_success_mails(office, 1, attempts=attempts)
    with moody_server(office, {email: [reply]}):
        deliver(office)
    waits = (messages(office)[email].not_before - office.now).total_seconds()
    assert seconds[0] <= waits <= seconds[1]
