"""Facts about processes that work at the same time on the same people, mails and files."""

from __future__ import annotations

from collections import Counter
from email import message_from_bytes
from pathlib import Path

from pipeline.bulk.chunks.plan_chunks import plan_chunks
from pipeline.bulk.collect.collect_files import collect_files
from pipeline.bulk.letters.answer_mails import queue_answers
from pipeline.store.tables import letter_part, outbox_message, registration, submission_row
from pipeline.tasks.mail_delivery import deliver_mail
from pipeline.tasks.night import open_run
from tests.faults.processes import (
    deliver_until,
    finish,
    new_signal,
    night_without_mail,
    some_chunks,
    start,
)
from tests.journey.office import OTHER_UNIT, UNIT, Office, Person

FILES, ROWS = 10, 40


def hand_in_overlapping_files(office: Office) -> list[Person]:
    """Ten files of two units; each person stands in four of them, in another order each time."""
    office.settings.chunk_files = 1
    people = office.persons(FILES * ROWS // 4)
    for person in people:
        office.cover(person.national_id, at=OTHER_UNIT)
    for number in range(FILES):
        unit = UNIT if number % 2 else OTHER_UNIT
        start = number * 10
        rows = [people[(start + place) % len(people)] for place in range(ROWS)]
        office.file(f"{unit}202611{number + 1:02}.CSV", *(rows if number % 3 else reversed(rows)))
    return people


def check_each_once(office: Office, people: list[Person], mails: Path) -> None:
    assert office.registered() == sorted(person.national_id for person in people)
    rows = office.all(submission_row, "batch_id", "outcome")
    assert Counter(row.outcome for row in rows) == {
        "REGISTERED": len(people),
        "ALREADY_REGISTERED": FILES * ROWS - len(people),
    }
    for number in range(FILES):
        name = f"{UNIT if number % 2 else OTHER_UNIT}202611{number + 1:02}.CSV"
        assert [line.partition("筆")[0] for line in office.row_lines(name)] == [
            f"第{row}" for row in range(1, ROWS + 1)
        ]
    said = [text for name in office.shelf("processed") for text in office.answers(name)]
    assert said.count("網路服務註冊成功!") == len(people)
    won = {(row.batch_id, row.row_number) for row in office.all(registration)}
    mailed = [row for row in office.all(outbox_message) if row.kind == "success"]
    assert {(row.about_id, row.about_part) for row in mailed} == won
    assert {row.state for row in office.all(outbox_message)} == {"sent"}
    received = Counter(message_from_bytes(path.read_bytes())["To"] for path in mails.glob("*.eml"))
    assert {person.email: received[person.email] for person in people} == {
        person.email: 1 for person in people
    }
    answers = {row.outbox_message_id for row in office.all(letter_part)}
    assert None not in answers
    assert len(office.all(letter_part)) == FILES, "each file is answered once, some of them in one letter"
    assert sum(received.values()) == len(people) + len(answers)


def test_two_register_while_one_delivers(office: Office) -> None:
    people = hand_in_overlapping_files(office)
    run_id = open_run(office.database, now=office.clock)
    collect_files(office.database, office.settings, now=office.clock, run_id=run_id)
    chunks = plan_chunks(office.database, office.settings, run_id=run_id, now=office.now)
    enough = new_signal()
    with office.post() as mails:
        deliverer = start(deliver_until, office, enough)
        clerks = [start(some_chunks, office, chunks[part::2]) for part in (0, 1)]
        assert finish(*clerks) == [0, 0]
        enough.set()
        assert finish(deliverer) == [0]
        queue_answers(office.database, at=office.now, run_id=run_id)
        deliver_mail(office.database, office.settings, now=office.clock)
        check_each_once(office, people, mails)


def test_whole_nights_and_deliverers_at_once(office: Office) -> None:
    people = hand_in_overlapping_files(office)
    enough = new_signal()
    with office.post() as mails:
        deliverers = [start(deliver_until, office, enough) for _ in range(2)]
        nights = [start(night_without_mail, office) for _ in range(2)]
        assert finish(*nights) == [0, 0]
        enough.set()
        assert finish(*deliverers) == [0, 0]
        office.summary(delivers=True)  # whatever the two left to each other
        check_each_once(office, people, mails)
    assert len(office.states()) == FILES
