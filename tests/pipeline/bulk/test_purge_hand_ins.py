"""Facts about the purge: what is gone after its time, and what stays (rules 6)."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.store.tables import (
    batch,
    batch_content,
    hand_in,
    inbound_mail,
    outbox_message,
    registration,
    result_log,
    run,
    submission_row,
)
from pipeline.tasks.housekeeping import purge_expired
from pipeline.tasks.mail_intake import collect_with_receipts
from tests.journey.office import CONTACT, NAME, OTHER_NAME, OTHER_UNIT, TODAY, UNIT, Office

KEPT = timedelta(days=30)
NOTHING = dict.fromkeys(
    ("rows", "raw_files", "raw_mails", "logs", "shelved_files", "shelved_mails", "recipients"), 0
)


def finished_night(office: Office) -> None:
    """A done batch of two rows, a held one, a refused one; all mail sent."""
    office.file(NAME, office.person(), "x,y,z")
    office.file(OTHER_NAME, *(office.stranger() for _ in range(20)))
    office.file("bad name.CSV", "A123456789,someone@example.com,0912345678")
    with office.post():
        office.summary(delivers=True)


def purge(office: Office, today: date) -> dict[str, int]:
    return purge_expired(office.database, office.settings, today=today)


def test_nothing_goes_before_its_time(office: Office) -> None:
    finished_night(office)
    before = office.everything()
    assert purge(office, TODAY + KEPT) == NOTHING
    assert office.everything() == before


def test_rows_raw_files_and_addresses_go_and_counts_stay(office: Office) -> None:
    finished_night(office)
    people = office.all(registration)
    logs, runs = office.all(result_log), office.all(run)
    batches = office.all(batch, "batch_id", "unit_code", "file_date", "state", "reason", "row_count")
    done = purge(office, TODAY + KEPT + timedelta(days=1))
    assert {name: done[name] for name in ("rows", "raw_files", "recipients", "logs")} == {
        "rows": 2, "raw_files": 1, "recipients": 3, "logs": 0,
    }  # fmt: skip
    assert {row.batch_id for row in office.all(submission_row)} == {2}, "the held file's"
    assert [row.batch_id for row in office.all(batch_content)] == [2]
    assert [receiver for _, receiver in office.owed()] == ["purged-1", "purged-2", "purged-3"]
    assert {row.state for row in office.all(outbox_message)} == {"sent"}
    assert (office.all(registration), office.all(result_log), office.all(run)) == (people, logs, runs)
    told = ("batch_id", "unit_code", "file_date", "state", "reason", "row_count")
    assert office.all(batch, *told) == batches
    assert {row.name for row in office.all(batch) if row.file_date is None} <= {""}
    assert {row.batch_id for row in office.all(hand_in)} == {2}
    assert office.summary()["files"] == 0


def test_nobodys_address_escapes_by_its_spelling(office: Office) -> None:
    person = office.person()
    office.file(NAME, person.row(email="purged-1@example.com"))
    with office.post():
        office.summary(delivers=True)
    purge(office, TODAY + timedelta(days=400))
    assert not [receiver for _, receiver in office.owed() if "@" in receiver]


def test_the_purge_is_safe_to_run_twice(office: Office) -> None:
    finished_night(office)
    purge(office, TODAY + timedelta(days=400))
    before = office.everything()
    assert purge(office, TODAY + timedelta(days=400)) == NOTHING
    assert office.everything() == before


@pytest.mark.parametrize("state", ["queued", "retry", "sending"])
def test_mail_still_owed_keeps_its_address(office: Office, state: str) -> None:
    finished_night(office)
    with office.database.transaction() as connection:
        connection.execute(outbox_message.update().values(state=state))
    owed = office.owed()
    assert purge(office, TODAY + timedelta(days=400))["recipients"] == 0
    assert office.owed() == owed


@pytest.mark.parametrize(("days", "is_blank"), [(365, False), (366, True)])
def test_log_lines_go_after_a_year_and_their_counts_stay(office: Office, days: int, is_blank: bool) -> None:
    finished_night(office)
    assert purge(office, TODAY + timedelta(days=days))["logs"] == int(is_blank)
    (row,) = office.all(result_log)
    assert (row.log == "", row.annotated_csv == "", row.warnings == []) == (is_blank, is_blank, True)
    assert row.outcomes == {"REGISTERED": 1, "FIELD_ERROR": 1}


def test_waiting_and_held_files_stay_until_somebody_decides(office: Office) -> None:
    finished_night(office)
    office.now += timedelta(days=400)  # the register is old: what comes now waits
    office.file(f"{UNIT}20261120.CSV", office.people[0])
    office.night()
    kept = {"held", "waiting"}
    purge(office, TODAY + timedelta(days=900))
    left = {row.batch_id: row.state for row in office.all(batch) if row.state in kept}
    assert {row.batch_id for row in office.all(batch_content)} == set(left)
    assert set(left.values()) == kept


def test_shelves_are_emptied_by_the_day_a_file_was_shelved(office: Office) -> None:
    finished_night(office)
    day = timedelta(days=1)
    shelved_on = datetime.now(UTC).date()
    os.utime(office.inbox / "processed" / NAME, (0, 0))  # an old file, handed in today
    assert purge(office, shelved_on + KEPT - day)["shelved_files"] == 0
    assert purge(office, shelved_on + KEPT + 2 * day)["shelved_files"] == 4
    assert office.shelf("processed") == office.shelf("refused") == []


def test_after_a_purge_the_same_file_is_still_a_duplicate(office: Office) -> None:
    finished_night(office)
    content = (office.inbox / "processed" / NAME).read_bytes()
    purge(office, TODAY + timedelta(days=400))
    office.drop(NAME, content)
    office.load_register()
    assert office.summary()["refused_files"] == 1
    assert ("refusal", CONTACT) in office.owed()
    assert OTHER_UNIT in {row.unit_code for row in office.all(batch)}


def test_a_mails_number_goes_even_where_nobody_could_read_its_sender(office: Office) -> None:
    office.insert(
        inbound_mail, mailbox="m", uidvalidity=1, uid=1, message_id="<a@example.com>", sender="",
        received_at=office.now, recorded_at=office.now, size=1, verdict="unanswered", reason="FROM",
        shelf="Rejected",
    )  # fmt: skip
    purge(office, TODAY + KEPT + timedelta(days=1))
    assert [row.message_id for row in office.all(inbound_mail)] == [""]


def test_after_a_purge_the_digest_goes_on_where_the_last_one_ended(office: Office) -> None:
    office.drop("bad name.CSV", b"x")
    with office.post():
        collect_with_receipts(office.database, office.settings, now=office.clock)
        office.summary(delivers=True)
    assert len(office.letters("digest")) == 1
    office.now += timedelta(days=40)
    purge(office, office.now.date())
    collect_with_receipts(office.database, office.settings, now=office.clock)
    assert len(office.letters("digest")) == 1, "there was nothing new"
