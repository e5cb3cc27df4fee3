"""Facts about the outcomes of rows: which one applies, in which words, and what is stored (rules 2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from pipeline.bulk.rules.outcome import Outcome
from pipeline.clock import TAIPEI
from pipeline.store.tables import registration, submission_row
from tests.journey.office import NAME, OTHER_NAME, OTHER_UNIT, TODAY, UNIT, Office, Person

FIELDS = {
    "id": "(身分證號 欄位錯誤!)不入檔!",
    "email": "(電子郵件 欄位錯誤!)不入檔!",
    "phone": "(聯絡電話 欄位錯誤!)不入檔!",
    "email phone": "(電子郵件 欄位錯誤!聯絡電話 欄位錯誤!)不入檔!",
    "all": "(身分證號 欄位錯誤!電子郵件 欄位錯誤!聯絡電話 欄位錯誤!)不入檔!",
}
DUPLICATE = "(檔案內重複)不入檔!"
NOT_INSURED = "(非該單位在保保險對像)不入檔!"
BLOCKED = "(無法註冊,請本人洽健保署)不入檔!"
NO_CARD = "(查無有效健保卡)不入檔!"
ALREADY = "(你已做過申請)不入檔!"
GOOD = "網路服務註冊成功!"

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
Story = Callable[[Office], list[tuple[str, str]]]  # (row of the file, what the log says of it)


def field_errors(office: Office) -> list[tuple[str, str]]:
    one, two = office.person(), office.person()
    return [
        (one.row(national_id="A123456788"), FIELDS["id"]),
        (one.row(email="a b@example.com"), FIELDS["email"]),
        (one.row(phone="9.12E+08"), FIELDS["phone"]),
        (one.row(email="", phone="1"), FIELDS["email phone"]),
        ("x,y,z", FIELDS["all"]),
        (one.row(), GOOD),  # no duplicate of the rows above: they had field errors
        (one.row(email="nobody"), FIELDS["email"]),  # nor is this one told to be a duplicate
        (two.row(national_id=two.national_id.lower(), phone=two.phone[1:]), GOOD),
    ]


def doubles(office: Office) -> list[tuple[str, str]]:
    good, unknown, blocked = office.person(), office.stranger(), office.person(state="BLOCKED")
    return [
        (good.row(), GOOD),
        (good.row(email="other@example.com"), DUPLICATE),
        (good.row(), DUPLICATE),
        (unknown.row(), NOT_INSURED),
        (unknown.row(), DUPLICATE),  # before coverage
        (blocked.row(), BLOCKED),
        (blocked.row(), DUPLICATE),
    ]


def coverage_on_the_day(office: Office) -> list[tuple[str, str]]:
    return [
        (office.person(start=TODAY).row(), GOOD),
        (office.person(start=TOMORROW).row(), NOT_INSURED),
        (office.person(end=TOMORROW).row(), GOOD),
        (office.person(end=TODAY).row(), NOT_INSURED),  # the first day no longer covered
        (office.person(start=YESTERDAY, end=TODAY).row(), NOT_INSURED),
        (office.person(start=TODAY, end=TOMORROW).row(), GOOD),
        (office.person(at=OTHER_UNIT).row(), NOT_INSURED),
        (office.person(at=None).row(), NOT_INSURED),
        (office.stranger().row(), NOT_INSURED),
    ]


def several_coverages(office: Office) -> list[tuple[str, str]]:
    came_back = office.person(end=YESTERDAY)
    office.cover(came_back.national_id, start=TODAY)
    both = office.person()
    office.cover(both.national_id, relation="dependant")
    overlapping = office.person(start=date(2020, 1, 1))
    office.cover(overlapping.national_id, start=date(2021, 1, 1))
    dependant = office.person(at=None)
    office.cover(dependant.national_id, relation="dependant")
    return [(someone.row(), GOOD) for someone in (came_back, both, overlapping, dependant)]


def earlier_registrations(office: Office) -> list[tuple[str, str]]:
    told = {"ACTIVE": ALREADY, "PENDING": ALREADY, "LAPSED": GOOD, "SUSPENDED": BLOCKED, "BLOCKED": BLOCKED}
    return [(office.person(state=state).row(), text) for state, text in told.items()]


def applications_past_their_last_day(office: Office) -> list[tuple[str, str]]:
    """Whether housekeeping noted it or not, such an application counts as none; the night is at 02:00."""
    last_second = datetime.combine(TODAY, time(23, 59, 59), tzinfo=TAIPEI)
    still, over, over_before = (office.person(former=True) for _ in range(3))
    office.register(still, "PENDING", confirm_until=last_second)
    office.register(over, "PENDING", confirm_until=last_second - timedelta(days=1), password_hash="x")
    former = str(over_before.former_id)
    office.register(over_before, "PENDING", former, confirm_until=last_second - timedelta(days=1))
    return [(still.row(), ALREADY), (over.row(), GOOD), (over_before.row(), GOOD)]


def cards(office: Office) -> list[tuple[str, str]]:
    covered_only = office.stranger()  # coverage of somebody who is not among the beneficiaries
    office.cover(covered_only.national_id)
    return [
        (office.person(card_valid=False).row(), NO_CARD),
        (office.person(has_number=False).row(), NO_CARD),
        (covered_only.row(), NO_CARD),
    ]


def several_reasons(office: Office) -> list[tuple[str, str]]:
    """The first that applies, for each two that stand side by side in the rules' order."""
    return [
        (office.person(at=None, state="ACTIVE").row(email="x"), FIELDS["email"]),
        (office.person(at=None, state="BLOCKED").row(), NOT_INSURED),
        (office.person(at=None, card_valid=False).row(), NOT_INSURED),
        (office.person(at=None, state="ACTIVE").row(), NOT_INSURED),
        (office.person(state="SUSPENDED", card_valid=False).row(), BLOCKED),
        (office.person(state="ACTIVE", card_valid=False).row(), NO_CARD),
    ]


def former_numbers(office: Office) -> list[tuple[str, str]]:
    by_new, by_old, twice, once_more = (office.person(former=True) for _ in range(4))
    covered_before = office.person(former=True, at=None)
    office.cover(str(covered_before.former_id))
    registered_before, applied = office.person(former=True), office.person(former=True)
    office.register(registered_before, "ACTIVE", str(registered_before.former_id))
    office.register(applied, "PENDING", str(applied.former_id))
    blocked, lapsed = office.person(former=True), office.person(former=True)
    office.register(blocked, "BLOCKED", str(blocked.former_id))
    office.register(lapsed, "LAPSED", str(lapsed.former_id))
    return [
        (by_new.row(), GOOD),
        (old(by_old), GOOD),
        (old(covered_before), GOOD),
        (old(registered_before), ALREADY),
        (applied.row(), ALREADY),
        (old(blocked), BLOCKED),
        (old(lapsed), GOOD),
        (twice.row(), GOOD),
        (old(twice), DUPLICATE),
        (old(once_more), GOOD),
        (once_more.row(), DUPLICATE),
        (old(office.person(former=True, card_valid=False)), NO_CARD),
        (old(office.person(former=True, end=TODAY)), NOT_INSURED),
    ]


def old(person: Person) -> str:
    """The person's row under the former number."""
    return person.row(national_id=str(person.former_id))


STORIES = (
    field_errors, doubles, coverage_on_the_day, several_coverages, earlier_registrations,
    applications_past_their_last_day, cards, several_reasons, former_numbers,
)  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__.replace("_", " "))
def test_a_row_has_the_first_outcome_that_applies_in_the_rules_words(office: Office, story: Story) -> None:
    told = story(office)
    office.file(NAME, *(row for row, _ in told))
    summary = office.summary()
    assert office.answers() == [text for _, text in told]
    assert summary["rows"] == sum(summary["outcomes"].values()) == len(told)
    assert summary["outcomes"]["REGISTERED"] == [text for _, text in told].count(GOOD)


def test_the_whole_log_is_the_seeds(office: Office) -> None:
    good, unknown, bad = office.person(), office.stranger(), office.person()
    office.file(NAME, good, unknown, bad.row(email="no", phone="0"), good, "0912345678,x,y")
    office.summary()
    assert office.log() == (
        "02:00:00 開始執行...\n"
        f"02:00:00 第1筆資料:{good.national_id[:6]}****網路服務註冊成功!\n"
        f"02:00:00 第2筆資料:{unknown.national_id[:6]}****(非該單位在保保險對像)不入檔!\n"
        f"02:00:00 第3筆資料:{bad.national_id[:6]}****(電子郵件 欄位錯誤!聯絡電話 欄位錯誤!)不入檔!\n"
        f"02:00:00 第4筆資料:{good.national_id[:6]}****(檔案內重複)不入檔!\n"
        "02:00:00 第5筆資料:**********(身分證號 欄位錯誤!電子郵件 欄位錯誤!聯絡電話 欄位錯誤!)不入檔!\n"
        "02:00:00 執行完畢,共5筆:成功1筆,不入檔4筆。\n"
    )


def test_a_good_row_is_stored_under_the_current_number_with_the_card_of_the_day(office: Office) -> None:
    person = office.person(former=True)
    office.file(NAME, "", person.row(national_id=str(person.former_id), phone=f"+886-{person.phone[1:]}"))
    office.summary()
    (row,) = office.all(registration)
    assert (row.national_id, row.email, row.phone) == (person.national_id, person.email, person.phone)
    assert (row.state, row.credential_state, row.card_number) == ("ACTIVE", "INITIAL", person.card_number)
    assert (row.channel, row.row_number, row.registered_on) == ("bulk", 1, TODAY)


def test_who_lapsed_is_registered_anew(office: Office) -> None:
    person = office.person(state="LAPSED")
    office.file(NAME, person)
    office.summary()
    (row,) = office.all(registration)
    assert (row.state, row.email, row.credential_state) == ("ACTIVE", person.email, "INITIAL")
    assert ("success", person.email) in office.owed()


@pytest.mark.parametrize("state", ["PENDING", "ACTIVE", "SUSPENDED", "BLOCKED"])
def test_nothing_of_an_earlier_registration_is_changed(office: Office, state: str) -> None:
    office.file(NAME, office.person(state=state))
    before = office.all(registration)
    office.summary()
    assert office.all(registration) == before


@pytest.mark.parametrize("chunk_files", [pytest.param(9, id="one chunk"), pytest.param(1, id="two chunks")])
def test_a_person_in_two_files_of_one_night_is_registered_once(office: Office, chunk_files: int) -> None:
    office.settings.chunk_files = chunk_files
    both, both_former = office.person(), office.person(former=True)
    for person in (both, both_former):
        office.cover(person.national_id, at=OTHER_UNIT)
    office.file(NAME, both, both_former)
    office.file(OTHER_NAME, old(both_former), both.row(email="second@example.com"))
    summary = office.summary()
    assert office.registered() == sorted([both.national_id, both_former.national_id])
    assert sorted(office.answers(NAME) + office.answers(OTHER_NAME)) == [ALREADY, ALREADY, GOOD, GOOD]
    assert summary["outcomes"] == dict.fromkeys(Outcome, 0) | {
        "REGISTERED": 2,
        "ALREADY_REGISTERED": 2,
    }
    assert len([kind for kind, _ in office.owed() if kind == "success"]) == 2


def test_a_rejected_row_keeps_no_faulty_value(office: Office) -> None:
    person = office.person()
    office.file(NAME, person.row(email="not an address", phone="=1+1"))
    office.summary()
    with office.database.reading() as connection:
        row = connection.execute(select(submission_row)).one()
    assert (row.national_id, row.email, row.phone) == (person.national_id, "", "")
    assert row.faults.split() == ["EMAIL_FORMAT", "PHONE_FORMAT"]


def test_the_units_of_two_files_do_not_cover_each_others_people(office: Office) -> None:
    here, there = office.person(at=UNIT), office.person(at=OTHER_UNIT)
    office.file(NAME, there)
    office.file(OTHER_NAME, here)
    office.summary()
    assert office.answers(NAME) == office.answers(OTHER_NAME) == [NOT_INSURED]
