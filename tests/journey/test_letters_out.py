"""Facts about letters: what travels together, what an answer tells of earlier mails, what staff reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from pipeline.bulk.chunks.plan_chunks import plan_chunks
from pipeline.bulk.collect.collect_files import collect_files
from pipeline.bulk.letters.answer_mails import queue_answers
from pipeline.outbox.steer_mail import retry_mail
from pipeline.store.tables import batch, letter_part, outbox_message
from pipeline.tasks.mail_intake import collect_with_receipts
from pipeline.tasks.night import open_run, work_chunk
from tests.journey.office import (
    CONTACT,
    NAME,
    OTHER_CONTACT,
    OTHER_NAME,
    OTHER_UNIT,
    STAFF,
    UNIT,
    Office,
    read_mails,
)

AGENT = "agent@example.org"
NEXT_NAME = f"{UNIT}20261120.CSV"


def two_units_of_one_agent(office: Office) -> None:
    for code, name in ((UNIT, NAME), (OTHER_UNIT, OTHER_NAME)):
        office.contact(code, AGENT)
        office.file(name, office.person(at=code))


def answers(office: Office) -> dict[str, list[list[str]]]:
    """The files of each answer, by receiver."""
    names = {row.batch_id: row.name for row in office.all(batch)}
    found: dict[str, list[list[str]]] = {}
    for letter in office.letters("answer"):
        parts = [
            part for part in office.all(letter_part) if part.outbox_message_id == letter.outbox_message_id
        ]
        found.setdefault(letter.recipient, []).append([names[part.batch_id] for part in parts])
    return found


def test_results_of_one_night_for_one_address_travel_together(office: Office) -> None:
    office.settings.chunk_files = 1  # each file is a chunk of its own
    two_units_of_one_agent(office)
    office.summary()
    assert answers(office) == {
        AGENT: [[NAME, OTHER_NAME]],
        CONTACT: [[NAME]],
        OTHER_CONTACT: [[OTHER_NAME]],
    }


def test_an_answer_that_would_be_too_large_is_divided_and_nothing_is_dropped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.bulk.queries.letters.CHARACTERS_PER_LETTER", 200)
    two_units_of_one_agent(office)
    office.summary()
    assert answers(office)[AGENT] == [[NAME], [OTHER_NAME]]


def test_answers_wait_while_the_run_works_and_go_out_when_it_died(office: Office) -> None:
    office.file(NAME, office.person())
    run_id = open_run(office.database, now=office.clock)
    collect_files(office.database, office.settings, now=office.clock, run_id=run_id)
    (chunk_id,) = plan_chunks(office.database, office.settings, run_id=run_id, now=office.now)
    work_chunk(office.database, office.settings, chunk_id, now=office.clock)
    assert queue_answers(office.database, at=office.now) == 0
    office.now += timedelta(hours=13, seconds=1)
    assert queue_answers(office.database, at=office.now) == 1
    assert queue_answers(office.database, at=office.now) == 0
    assert answers(office) == {CONTACT: [[NAME]]}


def test_one_letter_holds_every_files_log_and_table(office: Office) -> None:
    two_units_of_one_agent(office)
    with office.post() as folder:
        office.summary(delivers=True)
        (letter,) = [mail for mail in read_mails(folder) if mail["To"] == AGENT]
    names = {part.get_filename() for part in letter.iter_attachments()}
    assert names == {
        f"{name[:-4]}.{ending}" for name in (NAME, OTHER_NAME) for ending in ("log.txt", "annotated.csv")
    }


# --- success mails that did not arrive ------------------------------------------------------------


def end_success_mails(office: Office, state: str) -> None:
    with office.database.transaction() as connection:
        connection.execute(
            update(outbox_message).where(outbox_message.c.kind == "success").values(state=state)
        )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("bounced", "收件伺服器退回"),
        ("suppressed", "近日曾被退信"),
        ("failed", "48小時內重試多次"),
        ("unknown", "未得到收件伺服器確認"),
    ],
)
def test_a_success_mail_that_did_not_arrive_is_told_in_the_next_answer_and_only_there(
    office: Office, state: str, words: str
) -> None:
    office.contact(UNIT, AGENT)
    lost = office.person()
    office.file(NAME, lost)
    office.summary()
    end_success_mails(office, state)
    office.file(NEXT_NAME, office.stranger())
    office.file(OTHER_NAME, office.stranger())
    with office.post() as folder:
        office.summary(delivers=True)
        later = {mail["To"]: mail for mail in read_mails(folder) if NEXT_NAME[:-4] in mail["Subject"]}
        assert set(later) == {AGENT, CONTACT}
        for mail in later.values():
            text = mail.get_body(("plain",)).get_content()
            assert words in text
            assert f"{lost.national_id[:6]}****" in text
            assert lost.national_id not in mail.as_string()
            assert lost.email not in text
        others = [mail for mail in read_mails(folder) if mail["To"] == OTHER_CONTACT]
        assert all(words not in mail.get_body(("plain",)).get_content() for mail in others)
        office.file(f"{UNIT}20261119.CSV", office.stranger())
        office.summary(delivers=True)
        (last, _) = [mail for mail in read_mails(folder) if f"{UNIT}20261119" in mail["Subject"]]
        assert words not in last.get_body(("plain",)).get_content()


def test_a_success_mail_tried_anew_in_vain_is_told_again(office: Office) -> None:
    office.file(NAME, office.person())
    office.summary()
    end_success_mails(office, "failed")
    office.file(NEXT_NAME, office.stranger())
    office.summary()
    retry_mail(office.database, actor="somebody", at=office.now)
    end_success_mails(office, "failed")
    office.file(f"{UNIT}20261119.CSV", office.stranger())
    office.summary()
    (success,) = office.letters("success")
    assert success.reported_in_batch == 3


def test_mails_that_arrived_or_are_on_their_way_are_not_told(office: Office) -> None:
    office.file(NAME, *office.persons(2))
    office.summary()
    end_success_mails(office, "retry")
    office.file(NEXT_NAME, office.stranger())
    office.summary()
    assert {row.reported_in_batch for row in office.all(outbox_message)} == {None}


# --- by day ---------------------------------------------------------------------------------------


def test_a_file_of_the_folder_is_received_with_a_word_by_day_and_without_one_at_night(office: Office) -> None:
    office.file(NAME, office.person(), office.person().row(email="nonsense"))
    with office.post() as folder:
        collect_with_receipts(office.database, office.settings, now=office.clock)
        office.night(delivers=True)
        receipt = next(mail for mail in read_mails(folder) if "收件" in mail["Subject"])
    text = receipt.get_body(("plain",)).get_content()
    assert "已收件,將於今夜處理" in text
    assert "第2筆" in text
    assert "2026-11-22 02:00" in text
    office.file(OTHER_NAME, office.person(at=OTHER_UNIT))
    office.night()
    assert office.letters("receipt")[1:] == []


def test_the_digest_names_what_staff_must_see(office: Office) -> None:
    office.drop("名單.xlsx", b"PK")
    office.unit("310000003")
    with office.post() as folder:
        collect_with_receipts(office.database, office.settings, now=office.clock)
        office.night(delivers=True)
        (digest,) = [mail for mail in read_mails(folder) if mail["To"] == STAFF]
    text = digest.get_body(("plain",)).get_content()
    assert "名單" in text
    assert "檔名錯誤" in text


def test_a_letter_that_did_not_arrive_is_told_to_staff_once(office: Office) -> None:
    office.file(NAME, office.person())
    office.summary()
    with office.database.transaction() as connection:
        connection.execute(
            update(outbox_message).where(outbox_message.c.kind == "answer").values(state="bounced")
        )
    for _ in range(3):
        collect_with_receipts(office.database, office.settings, now=office.clock)
        office.now += timedelta(days=1)
    (digest,) = office.letters("digest")
    assert len(digest.payload["letters"]) == 1
