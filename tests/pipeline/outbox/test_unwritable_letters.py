"""Facts about letters that cannot be written: they wait for an engineer, and hold up nobody else's mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from pipeline.outbox.deliver_mail import DeliveryCounts
from pipeline.outbox.steer_mail import retry_mail
from pipeline.store.tables import letter_part, outbox_message, result_log
from pipeline.tasks.mail_intake import collect_with_receipts
from tests.journey.office import STAFF, Office, read_mails
from tests.pipeline.outbox.mail_office import deliver, owe_mails


def test_an_answer_without_its_log_is_put_off_and_the_others_go_out(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    owe_mails(office)
    with office.database.transaction() as connection:
        connection.execute(delete(result_log))
    with office.post() as mails:
        assert deliver(office) == DeliveryCounts(sent=3, retry=1)
        assert len(read_mails(mails)) == 3
    (answer,) = office.letters("answer")
    assert (answer.state, answer.attempts, answer.reply_text) == (
        "retry",
        1,
        "could not be written: KeyError",
    )
    assert f"message {answer.outbox_message_id}" in caplog.text


@pytest.mark.parametrize("kind", ["answer", "receipt", "refusal", "held_notice", "digest"])
def test_a_letter_that_is_about_nothing_any_more_holds_up_nobody(office: Office, kind: str) -> None:
    owe_mails(office)
    with office.database.transaction() as connection:
        connection.execute(delete(letter_part))
        connection.execute(update(outbox_message).where(outbox_message.c.kind == "answer").values(kind=kind))
    with office.post():
        assert deliver(office) == DeliveryCounts(sent=3, retry=1)


def test_a_letter_that_can_never_be_written_fails_and_staff_may_see_it(office: Office) -> None:
    owe_mails(office)
    with office.database.transaction() as connection:
        connection.execute(delete(result_log))
    with office.post():
        for _ in range(30):
            deliver(office)
            office.now += timedelta(hours=5)
    assert [letter.state for letter in office.letters("answer")] == ["failed"]


def test_a_digest_tells_of_a_letter_although_it_is_tried_again_meanwhile(office: Office) -> None:
    owe_mails(office)
    with office.database.transaction() as connection:
        lost = update(outbox_message).where(outbox_message.c.kind == "answer")
        connection.execute(lost.values(state="failed"))
    collect_with_receipts(office.database, office.settings, now=office.clock)
    retry_mail(office.database, actor="somebody", at=office.now)
    with office.post() as mails:
        deliver(office)
        (digest,) = [mail for mail in read_mails(mails) if mail["To"] == STAFF]
    assert "48小時內重試多次仍未送達" in digest.get_body(("plain",)).get_content()
    assert {row.state for row in office.all(outbox_message)} == {"sent"}
