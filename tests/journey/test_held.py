"""Facts about held files: what looks suspicious, where the border is, what an operator decides (rules 1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pipeline.bulk.held_files import refuse_batch, release_batch
from pipeline.errors import ArgumentRefused
from pipeline.store.tables import audit_event, batch, result_log, submission_row
from tests.journey.office import CONTACT, NAME, OTHER_NAME, OTHER_UNIT, STAFF, TODAY, Office, read_mails

GOOD = "網路服務註冊成功!"
Rows = Callable[[Office], list[str]]


def rows_of(*, strangers: int = 0, wrong: int = 0, total: int = 20, covered: int = 20) -> Rows:
    """So many rows in all; the unit covers so many people, whoever of them is in the file."""

    def rows(office: Office) -> list[str]:
        insured = office.persons(covered)
        named = [person.row() for person in insured[: total - strangers - wrong]]
        unknown = [office.stranger().row() for _ in range(strangers)]
        guessed = [someone.row(national_id=f"A12345678{digit}") for digit, someone in zip(
            "0123456780123456780", office.persons(wrong), strict=False
        )]  # fmt: skip
        return named + unknown + guessed

    return rows


def repeated(total: int, *, covered: int) -> Rows:
    """So many rows about the unit's only people, over and over."""

    def rows(office: Office) -> list[str]:
        insured = [person.row() for person in office.persons(covered)]
        return [insured[number % covered] for number in range(total)]

    return rows


def families(total: int, *, covered: int) -> Rows:
    """As `repeated`; the unit covers each by two periods, and some of them as dependants."""

    def rows(office: Office) -> list[str]:
        insured = office.persons(covered)
        for person in insured:
            office.cover(person.national_id, start=TODAY, relation="dependant")
        office.persons(50, end=TODAY)  # people who left do not count
        office.persons(50, start=TODAY + timedelta(days=1))  # nor do those who come tomorrow
        return [insured[number % covered].row() for number in range(total)]

    return rows


def one_mailbox(people: int, *emails: str) -> Rows:
    """So many people behind one mailbox, in a file of at least twenty rows."""

    def rows(office: Office) -> list[str]:
        insured = office.persons(20)
        shared = [person.row(email=emails[n % len(emails)]) for n, person in enumerate(insured[:people])]
        return shared + [person.row() for person in insured[people:]]

    return rows


def one_person_often(office: Office) -> list[str]:
    insured = office.persons(20)
    return [person.row() for person in insured] + [insured[0].row()] * 6


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        pytest.param(repeated(19, covered=1), "", id="19 rows are never held"),
        pytest.param(repeated(20, covered=7), "", id="20 rows, 7 people covered"),
        pytest.param(
            repeated(20, covered=6), "20 rows, but the unit covers 6 people", id="20 rows, 6 covered"
        ),
        pytest.param(repeated(21, covered=7), "", id="exactly three times the people"),
        pytest.param(repeated(22, covered=7), "22 rows, but the unit covers 7 people", id="one row more"),
        pytest.param(families(22, covered=7), "22 rows, but the unit covers 7 people", id="each counts once"),
        pytest.param(families(21, covered=7), "", id="dependants count"),
        pytest.param(rows_of(strangers=10), "", id="half not insured here"),
        pytest.param(
            rows_of(strangers=11),
            "11 of 20 rows are not insured here or have a wrong check digit",
            id="over half",
        ),
        pytest.param(
            rows_of(strangers=6, wrong=5),
            "11 of 20 rows are not insured here or have a wrong check digit",
            id="both together",
        ),
        pytest.param(rows_of(strangers=19, total=19), "", id="19 strangers"),
        pytest.param(one_mailbox(5, "hr@example.com"), "", id="one mailbox for five"),
        pytest.param(one_mailbox(6, "hr@example.com"), "one e-mail stands for 6 people", id="one for six"),
        pytest.param(
            one_mailbox(6, "hr@example.com", "HR@Example.COM"),
            "one e-mail stands for 6 people",
            id="in any case",
        ),
        pytest.param(one_mailbox(6, "hr@example"), "", id="a faulty e-mail is no mailbox"),
        pytest.param(one_person_often, "", id="one person many times is one person"),
    ],
)
def test_a_file_is_held_from_the_border_on(office: Office, rows: Rows, reason: str) -> None:
    office.file(NAME, *rows(office))
    summary = office.summary()
    assert office.all(batch, "state", "reason", "detail") == [
        ("held", "HELD", reason) if reason else ("done", "", "")
    ]
    assert summary["held_files"] == (1 if reason else 0)
    assert not (reason and office.registered())


def hold_one_file(office: Office) -> None:
    """A held file of one unit beside a good one of the other; they share a person."""
    both = office.person()
    office.cover(both.national_id, at=OTHER_UNIT)
    office.file(NAME, both, office.person(), "x,y,z", *(office.stranger() for _ in range(20)))
    office.file(OTHER_NAME, both, office.person(at=OTHER_UNIT))


def test_nothing_of_a_held_file_is_decided_and_the_night_goes_on(office: Office) -> None:
    hold_one_file(office)
    summary = office.summary()
    assert office.states() == [(NAME, "held", "HELD"), (OTHER_NAME, "done", "")]
    assert office.answers(OTHER_NAME) == [GOOD, GOOD]
    assert (summary["files"], summary["held_files"], summary["rows"]) == (2, 1, 2)
    assert office.all(result_log, "batch_id") == [(2,)]
    assert {row.outcome for row in office.all(submission_row) if row.batch_id == 1} == {None, "FIELD_ERROR"}
    assert ("held_notice", STAFF) in office.owed()
    assert ("answer", CONTACT) not in office.owed()


def test_without_staff_mail_a_held_file_waits_silently(office: Office) -> None:
    office.settings.staff_mail = ""
    hold_one_file(office)
    office.summary()
    assert "held_notice" not in [kind for kind, _ in office.owed()]


def test_a_held_file_stays_out_of_further_nights(office: Office) -> None:
    hold_one_file(office)
    office.summary()
    owed = office.owed()
    assert office.summary()["files"] == 0
    assert office.owed() == owed


def test_a_released_file_is_registered_by_the_next_night(office: Office) -> None:
    hold_one_file(office)
    office.summary()
    release_batch(office.database, 1, actor="operator", at=office.now)
    assert office.states()[0] == (NAME, "waiting", "")
    summary = office.summary()
    assert office.answers()[:2] == ["(你已做過申請)不入檔!", GOOD]
    assert office.answers()[3:] == ["(非該單位在保保險對像)不入檔!"] * 20
    assert (summary["files"], summary["held_files"], summary["rows"]) == (1, 0, 23)
    assert ("answer", CONTACT) in office.owed()
    assert office.all(audit_event, "actor", "action", "subject") == [("operator", "batch.release", "batch 1")]


def test_a_refused_file_is_told_to_its_unit_and_forgotten(office: Office) -> None:
    hold_one_file(office)
    office.summary()
    refuse_batch(office.database, 1, staff=office.settings.staff_mail, actor="operator", at=office.now)
    assert office.states()[0] == (NAME, "refused", "HELD_REFUSED")
    assert ("refusal", CONTACT) in office.owed()
    assert {row.batch_id for row in office.all(submission_row)} == {2}
    assert office.summary()["files"] == 0
    assert office.all(audit_event, "actor", "action", "subject") == [("operator", "batch.refuse", "batch 1")]
    with office.post() as mails:
        office.summary(delivers=True)
        (refusal,) = [mail for mail in read_mails(mails) if mail["Subject"] == f"整批不入檔通知 {NAME}"]
    assert "檔案經人工審核退回!整批不入檔!" in refusal.get_body(("plain",)).get_content()
    assert "people" not in refusal.get_body(("plain",)).get_content(), "the unit is not told what looked odd"


@pytest.mark.parametrize("batch_id", [pytest.param(1, id="one that is done"), pytest.param(99, id="none")])
def test_only_a_held_file_can_be_decided(office: Office, batch_id: int) -> None:
    office.file(NAME, office.person())
    office.summary()
    before = office.everything()
    with pytest.raises(ArgumentRefused, match=f"batch {batch_id}"):
        release_batch(office.database, batch_id, actor="operator", at=office.now)
    with pytest.raises(ArgumentRefused, match=f"batch {batch_id}"):
        refuse_batch(
            office.database, batch_id, staff=office.settings.staff_mail, actor="operator", at=office.now
        )
    assert office.everything() == before
