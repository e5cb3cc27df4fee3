"""Facts about a dry run: it judges as the night would and leaves nothing but the report of itself."""

from __future__ import annotations

from datetime import timedelta

from pipeline.store.tables import register_load, run
from tests.journey.office import NAME, OTHER_NAME, OTHER_UNIT, UNIT, Office


def hand_in_a_bit_of_everything(office: Office) -> None:
    both = office.person(former=True)
    office.cover(both.national_id, at=OTHER_UNIT)
    office.file(NAME, both, office.person(state="LAPSED"), office.stranger(), "x,y,z", both)
    office.file(OTHER_NAME, both, office.person(at=OTHER_UNIT, state="BLOCKED"))
    office.file(f"{UNIT}20261120.CSV", *(office.stranger() for _ in range(20)))
    office.file("bad name.CSV", both)
    office.file(f"{UNIT}20261131.CSV", both)


def counts(summary: dict[str, object]) -> dict[str, object]:
    """What is compared: all but the run's own number."""
    return {name: value for name, value in summary.items() if name != "run_id"}


def test_a_dry_run_writes_its_run_row_and_moves_nothing(office: Office) -> None:
    hand_in_a_bit_of_everything(office)
    before, files = office.everything(but=(run,)), office.shelf("")
    summary = office.summary(dry_run=True)
    assert office.everything(but=(run,)) == before
    assert office.shelf("") == files
    assert office.shelf("processed") == office.shelf("refused") == []
    (row,) = office.all(run)
    assert (row.dry_run, row.state, row.finished_at) == (True, "finished", office.now)
    assert row.counts == {name: value for name, value in summary.items() if name != "batches"}


def test_a_dry_run_counts_what_the_night_after_it_counts(office: Office) -> None:
    hand_in_a_bit_of_everything(office)
    rehearsed = [office.summary(dry_run=True) for _ in range(2)]
    real = office.summary()
    assert counts(rehearsed[0]) | {"batches": 0} == counts(real) | {"batches": 0}
    assert counts(rehearsed[1]) | {"batches": 0} == counts(real) | {"batches": 0}
    for summary in (*rehearsed, real):
        summary["batches"] = [(batch["name"], batch["outcomes"]) for batch in summary["batches"]]
    assert rehearsed[0]["batches"] == real["batches"]
    assert (real["files"], real["refused_files"], real["held_files"], real["rows"]) == (5, 2, 1, 7)


def test_a_dry_run_sees_what_an_earlier_night_left(office: Office) -> None:
    office.file(NAME, *office.persons(20))
    office.night(dry_run=False)
    office.file(NAME, *office.people)
    assert office.summary(dry_run=True)["refused_files"] == 1, "a duplicate"


def test_a_dry_run_delivers_no_mail(office: Office) -> None:
    office.file(NAME, office.person())
    office.summary()
    owed = office.owed()
    with office.post() as mails:
        office.summary(dry_run=True, delivers=True)
        assert list(mails.glob("*.eml")) == []
    assert office.owed() == owed


def test_a_dry_run_against_an_old_register_judges_nobody(office: Office) -> None:
    office.file(NAME, office.person())
    office.now += timedelta(days=2, seconds=1)
    before = office.everything(but=(run,))
    night = office.night(dry_run=True)
    assert "nhicard load-register" in night.fault
    assert night.summary["rows"] == 0
    assert office.everything(but=(run,)) == before
    assert len(office.all(register_load)) == 1
