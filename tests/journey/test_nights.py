"""Facts about whole nights: they add up, repeat safely, and say what held them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.bulk.chunks.plan_chunks import plan_chunks
from pipeline.bulk.chunks.work_chunk import Worked, work_chunk
from pipeline.bulk.collect.collect_files import collect_files
from pipeline.bulk.rules.outcome import Outcome
from pipeline.store.tables import batch, result_log, run
from pipeline.tasks.night import open_run
from tests.journey.office import CONTACT, NAME, OTHER_CONTACT, OTHER_NAME, OTHER_UNIT, UNIT, Office

GOOD = "網路服務註冊成功!"


def test_the_counts_add_up(office: Office) -> None:
    office.file(NAME, office.person(), "x,y,z", office.stranger())
    office.file(OTHER_NAME, office.person(at=OTHER_UNIT))
    office.file("bad name.CSV", office.person())
    office.file(f"{UNIT}20261120.CSV", *(office.stranger() for _ in range(20)))
    summary = office.summary()
    by_batch = {found["name"]: found["outcomes"] for found in summary.pop("batches")}
    assert summary == {
        "run_id": 1,
        "files": 4,
        "refused_files": 1,
        "held_files": 1,
        "rows": 4,
        "outcomes": dict.fromkeys(map(str, Outcome), 0)
        | {"REGISTERED": 2, "FIELD_ERROR": 1, "NOT_INSURED_HERE": 1},
        "outbox_queued": 2 + 2 + 1,  # successes, answers, the notice
    }
    assert by_batch == {
        NAME: {"REGISTERED": 1, "FIELD_ERROR": 1, "NOT_INSURED_HERE": 1},
        OTHER_NAME: {"REGISTERED": 1},
    }


def test_an_empty_night_is_a_good_night(office: Office) -> None:
    assert office.summary()["files"] == 0
    assert [(row.state, row.dry_run) for row in office.all(run)] == [("finished", False)]


def test_a_second_night_changes_nothing(office: Office) -> None:
    office.file(NAME, office.person(), office.stranger())
    office.file("bad name.CSV", office.person())
    office.summary()
    before = office.everything(but=(run,))
    office.now += timedelta(hours=1)
    summary = office.summary()
    assert office.everything(but=(run,)) == before
    assert (summary["files"], summary["rows"], summary["outbox_queued"]) == (0, 0, 0)


def test_a_chunk_is_safe_to_work_twice(office: Office) -> None:
    office.file(NAME, office.person(), office.stranger())
    office.summary()
    before = office.everything()
    assert work_chunk(office.database, office.settings, 1, now=office.clock) == Worked()
    assert office.everything() == before


def test_a_chunk_planned_twice_is_worked_once(office: Office) -> None:
    office.file(NAME, office.person())
    run_id = open_run(office.database, now=office.clock)
    collect_files(office.database, office.settings, now=office.clock, run_id=run_id)
    first, second = (
        plan_chunks(office.database, office.settings, run_id=run_id, now=office.now) for _ in range(2)
    )
    assert first != second
    assert work_chunk(office.database, office.settings, first[0], now=office.clock).registered == 0
    assert work_chunk(office.database, office.settings, second[0], now=office.clock).registered == 1


@pytest.mark.parametrize("chunk_rows", [1, 2, 5, 100])
def test_the_size_of_chunks_changes_no_outcome(office: Office, chunk_rows: int) -> None:
    office.settings.chunk_rows = chunk_rows
    for day in range(1, 6):
        office.file(f"{UNIT}202611{day:02}.CSV", *office.persons(2), office.stranger())
    summary = office.summary()
    assert (summary["rows"], summary["outcomes"]["REGISTERED"]) == (15, 10)
    for day in range(1, 6):
        assert office.answers(f"{UNIT}202611{day:02}.CSV")[:2] == [GOOD, GOOD]


def test_every_contact_gets_the_answer(office: Office) -> None:
    office.contact(UNIT, "agent@example.org")
    office.file(NAME, office.person())
    office.file(OTHER_NAME, office.stranger())
    office.summary()
    answers = [receiver for kind, receiver in office.owed() if kind == "answer"]
    assert answers == ["agent@example.org", CONTACT, OTHER_CONTACT]


def test_an_old_register_holds_the_night_but_not_receipts_and_refusals(office: Office) -> None:
    office.now += timedelta(days=2)
    office.file(NAME, office.person())
    assert office.summary()["rows"] == 1, "two days are not too old"
    office.now += timedelta(seconds=1)
    office.file(OTHER_NAME, office.person())
    office.file(f"{UNIT}20261131.CSV", office.person())
    with office.post() as mails:
        night = office.night(delivers=True)
        assert len(list(mails.glob("*.eml"))) == 3, "last night's two, and the refusal"
    assert night.fault.startswith("the register is 2 days old (at most 2): nobody was judged")
    assert (night.summary["files"], night.summary["refused_files"], night.summary["rows"]) == (2, 1, 0)
    assert [row.state for row in office.all(run)] == ["finished", "stopped"]
    assert office.states()[1:] == [
        (f"{UNIT}20261131.CSV", "refused", "FILE_DATE"),
        (OTHER_NAME, "waiting", ""),
    ]
    office.load_register()
    assert office.summary()["rows"] == 1


def test_warnings_stand_in_the_answer_and_never_in_the_log(office: Office) -> None:
    shared = office.persons(2)
    rows = [f"甲,{person.row(email='a@gmial.com')}" for person in shared]
    header = "姓名,身分證號,電子郵件,手機(或聯絡電話)"
    office.drop(f"{UNIT}20261020.CSV", "\n".join([header, *rows]).encode())
    office.summary()
    (row,) = office.all(result_log)
    assert [(warning["code"], warning["rows"]) for warning in row.warnings] == [
        ("FILE_DATE_OLD", []),
        ("COLUMNS_IGNORED", []),
        ("EMAIL_SHARED", [1, 2]),
        ("EMAIL_TYPO", [1, 2]),
    ]
    assert row.log.count("\n") == 4
    assert row.annotated_csv.count("提醒") == 2 + 1, "two of the file, and the header's column"
    assert "多列使用同一電子郵件" in row.annotated_csv
    assert office.all(batch, "ignored_columns") == [(["姓名"],)]
