"""Facts about a night killed with -9 at any of its commits: the next one goes on where it was."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from pipeline.store.tables import outbox_message
from tests.faults.processes import finish, night_that_dies, start
from tests.journey.office import CONTACT, NAME, OTHER_CONTACT, OTHER_NAME, OTHER_UNIT, Office

# What is about to be committed when the process dies, in the order of a night.
COMMITS = {
    "the run's beginning": 1,
    "the files recorded": 2,
    "the files moved": 3,
    "the plan": 4,
    "nothing yet, judged": 5,
    "the rows, the people registered and the answers": 6,
    "the answers put into letters": 7,
    "the claim of mails": 8,
    "the first mails sent": 9,
    "more mails sent": 10,
}


@pytest.mark.parametrize("commit", COMMITS.values(), ids=COMMITS)
def test_a_night_killed_before_a_commit_is_finished_by_the_next(office: Office, commit: int) -> None:
    people = office.persons(3)
    office.cover(people[2].national_id, at=OTHER_UNIT)
    office.file(NAME, *people, office.stranger())
    office.file(OTHER_NAME, people[2])
    office.file("bad name.CSV", people[0])
    office.file("11000000120261131.CSV", people[0])
    with office.post() as mails:
        assert finish(start(night_that_dies, office, commit)) == [-signal.SIGKILL]
        office.now += timedelta(minutes=20)  # past the lease of mails that the dead one had claimed
        assert office.night(delivers=True).fault is None
        check_that_nothing_is_lost_or_double(office, mails)
    assert office.registered() == sorted(person.national_id for person in people)


def check_that_nothing_is_lost_or_double(office: Office, mails: Path) -> None:
    good, rejected = "網路服務註冊成功!", "(非該單位在保保險對像)不入檔!"
    assert office.answers()[:2] == [good, good]
    assert office.answers()[3:] == [rejected]
    assert sorted(office.answers()[2:3] + office.answers(OTHER_NAME)) == ["(你已做過申請)不入檔!", good]
    assert sorted(state for _, state, _ in office.states()) == ["done", "done", "refused", "refused"]
    assert office.shelf("") == []
    assert office.shelf("processed") == [NAME, OTHER_NAME]
    assert len(office.shelf("refused")) == 4
    owed = Counter(office.owed())
    assert owed == Counter(
        [("success", person.email) for person in office.people[:3]]
        + [("answer", CONTACT), ("answer", OTHER_CONTACT), ("refusal", CONTACT)]
    )
    assert {row.state for row in office.all(outbox_message)} == {"sent"}
    received = [message_from_bytes(path.read_bytes()) for path in mails.glob("*.eml")]
    copies = Counter((mail["Message-ID"], mail["To"]) for mail in received)
    assert sorted(receiver for _, receiver in copies) == sorted(receiver for _, receiver in owed.elements())
    assert (
        len(received) - len(copies) <= office.settings.smtp_connections
    )  # sent, and killed before noting it
