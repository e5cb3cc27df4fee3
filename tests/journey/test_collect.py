"""Facts about collecting: which files are refused, where the original goes, and who hears of it (rules 1)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.bulk.collect.collect_files import collect_files
from pipeline.bulk.held_files import refuse_batch
from pipeline.bulk.intake.inbox_folder import LONGEST_SHELVED_NAME
from pipeline.errors import MachineUnusable
from pipeline.store.tables import batch, batch_content, hand_in, register_load
from tests.journey.office import (
    CONTACT,
    HEADER,
    NAME,
    OTHER_CONTACT,
    OTHER_NAME,
    OTHER_UNIT,
    STAFF,
    TODAY,
    UNIT,
    Office,
)
from validators.file_name import printable

GOOD = f"{HEADER}\r\nA123456789,a@example.com,0912345678\r\n".encode()
MIB = 1024 * 1024


@dataclass(frozen=True)
class Bad:
    """A file that is refused: its name, bytes, fault, the log's words, and whose contact is told."""

    name: str
    code: str
    words: str
    content: bytes = GOOD
    told: str = CONTACT

    @property
    def id(self) -> str:
        return f"{self.code} {self.name}"


NOBODY = ""
BAD_FILES = (
    Bad("1040820.CSV", "FILE_NAME", "檔名錯誤", told=NOBODY),
    Bad(f"{UNIT}1151121.CSV", "FILE_NAME", "檔名錯誤", told=NOBODY),
    Bad(f"{UNIT}_20261121.CSV", "FILE_NAME", "檔名錯誤", told=NOBODY),
    Bad(f"{UNIT}20261121 (1).CSV", "FILE_NAME", "檔名錯誤", told=NOBODY),
    Bad(f"{UNIT}20261121.csv.csv", "FILE_NAME", "檔名錯誤", told=NOBODY),
    Bad("名單.xlsx", "FILE_NAME", "檔名錯誤", told=NOBODY),
    Bad("=cmd|' C'!A0.CSV", "FILE_NAME", "檔名錯誤", told=NOBODY),
    Bad("x" * 251 + ".CSV", "FILE_NAME", "檔名錯誤", told=NOBODY),
    Bad(f"{UNIT}20261131.CSV", "FILE_DATE", "檔名日期錯誤"),
    Bad(f"{UNIT}20261122.CSV", "FILE_DATE_FUTURE", "檔名日期尚未到"),
    Bad("99999999920261121.CSV", "UNIT_UNKNOWN", "查無投保單位", told=NOBODY),
    Bad("99999999920261131.CSV", "FILE_DATE", "檔名日期錯誤", told=NOBODY),
    Bad("31000000320261121.CSV", "UNIT_CLOSED", "投保單位已註銷", told="hr@closed.example.com"),
    Bad(f"{UNIT}20261101.CSV", "FILE_EMPTY", "空白檔案", b""),
    Bad(f"{UNIT}20261102.CSV", "FILE_EMPTY", "空白檔案", f"{HEADER}\n".encode()),
    Bad(f"{UNIT}20261103.csv", "FILE_EMPTY", "空白檔案", f"{HEADER}\n,,\n  , ,\n".encode()),
    Bad(f"{UNIT}20261104.CSV", "FILE_TOO_LARGE", "檔案過大", GOOD + b"\n" * MIB),
    Bad(f"{UNIT}20261105.CSV", "FILE_TOO_LARGE", "檔案過大", b"A123456789,a@b.c,1\n" * 101),
    Bad(f"{UNIT}20261106.CSV", "FILE_NOT_CSV", "非CSV檔案", b"PK\x03\x04" + bytes(100)),
    Bad(f"{UNIT}20261107.CSV", "FILE_NOT_CSV", "非CSV檔案", b"%PDF-1.7\n"),
    Bad(f"{UNIT}20261108.CSV", "FILE_ENCODING", "檔案編碼錯誤", GOOD + b"A1\x0023456789,a,b\n"),
    Bad(f"{UNIT}20261109.CSV", "FILE_ENCODING", "檔案編碼錯誤", GOOD + "身分".encode("cp950") + b"\xff,a,b"),
    Bad(f"{UNIT}20261110.CSV", "FILE_COLUMNS", "檔案欄位不符", "姓名,地址\n甲,乙\n".encode()),
)


def collect(office: Office) -> None:
    collect_files(office.database, office.settings, now=office.clock)


def test_every_bad_file_is_refused_shelved_and_answered(office: Office) -> None:
    office.settings.file_max_bytes, office.settings.file_max_rows = MIB, 100
    office.unit("310000003", "hr@closed.example.com", closed_on=TODAY)
    for bad in BAD_FILES:
        office.drop(bad.name, bad.content)
    collect(office)
    assert {name: (state, reason) for name, state, reason in office.states()} == {
        bad.name: ("refused", bad.code) for bad in BAD_FILES
    }
    assert office.shelf("") == office.shelf("processed") == []
    notes = {
        path.name: path.read_text("utf-8-sig") for path in (office.inbox / "refused").glob("*.refused.txt")
    }
    for bad in BAD_FILES:
        name = bad.name[:LONGEST_SHELVED_NAME]
        assert (office.inbox / "refused" / name).read_bytes() == bad.content, bad.id
        note = notes[f"{name}.refused.txt"]
        assert note.splitlines()[0] == f"02:00:00 {bad.words}!整批不入檔!", bad.id
        assert len(note.splitlines()) == 2, bad.id
    assert len(notes) == len(BAD_FILES)
    assert office.told() == sorted(
        ("refusal", bad.told, printable(bad.name)) for bad in BAD_FILES if bad.told
    )
    assert office.owed() == [("refusal", CONTACT), ("refusal", "hr@closed.example.com")]


@pytest.mark.parametrize(
    ("closed_on", "state"),
    [
        pytest.param(TODAY - timedelta(days=1), "refused", id="yesterday"),
        pytest.param(TODAY, "refused", id="today"),
        pytest.param(TODAY + timedelta(days=1), "waiting", id="tomorrow"),
    ],
)
def test_a_unit_is_closed_from_its_day_on(office: Office, closed_on: object, state: str) -> None:
    office.unit("310000003", closed_on=closed_on)  # type: ignore[arg-type]
    office.drop("31000000320261121.CSV", GOOD)
    collect(office)
    assert [found for _, found, _ in office.states()] == [state]


def test_a_good_file_is_kept_with_its_bytes_and_moved(office: Office) -> None:
    office.drop(NAME, GOOD)
    collect(office)
    (row,) = office.all(batch)
    assert (row.unit_code, row.state, row.encoding, row.row_count) == (UNIT, "waiting", "utf-8", 1)
    assert (row.received_at, row.received_on) == (office.now, TODAY)
    assert [bytes(row.content) for row in office.all(batch_content)] == [GOOD]
    assert office.shelf("processed") == [NAME]
    assert office.owed() == []


def test_several_contacts_are_all_told_and_only_while_they_are_valid(office: Office) -> None:
    day = timedelta(days=1)
    office.contact(UNIT, "agent@example.org", valid_from=TODAY, valid_to=TODAY)
    office.contact(UNIT, "left@example.org", valid_to=TODAY - day)
    office.contact(UNIT, "later@example.org", valid_from=TODAY + day)
    office.drop(NAME, b"")
    collect(office)
    assert office.owed() == [("refusal", "agent@example.org"), ("refusal", CONTACT)]


@pytest.mark.parametrize(
    ("staff", "told"),
    [pytest.param(STAFF, [("refusal", STAFF)], id="staff"), pytest.param("", [], id="unset")],
)
def test_staff_stand_in_for_a_unit_without_contacts(
    office: Office, staff: str, told: list[tuple[str, str]]
) -> None:
    office.settings.staff_mail = staff
    office.unit("310000003")
    office.drop("31000000320261121.CSV", b"")
    collect(office)
    assert office.owed() == told


def test_one_agent_of_two_units_is_told_of_both_in_one_letter(office: Office) -> None:
    for code in (UNIT, OTHER_UNIT):
        office.contact(code, "agent@example.org")
        office.drop(f"{code}20261121.CSV", b"")
    collect(office)
    assert sorted(office.owed()) == [
        ("refusal", "agent@example.org"),
        ("refusal", CONTACT),
        ("refusal", OTHER_CONTACT),
    ]
    assert [name for _, told, name in office.told() if told == "agent@example.org"] == [NAME, OTHER_NAME]


# --- duplicates and corrections ---------------------------------------------------------------------


def test_a_duplicate_is_answered_at_most_once_a_day(office: Office) -> None:
    answered = []
    for hours in (0, 1, 2, 22, 23):  # the last two are the next day in Taipei
        office.now += timedelta(hours=hours)
        office.drop(NAME, GOOD)
        collect(office)
        answered.append(len(office.owed()))
    assert [reason for _, _, reason in office.states()] == ["", *["FILE_DUPLICATE"] * 4]
    assert answered == [0, 1, 1, 2, 3]
    note = (office.inbox / "refused" / f"{NAME}.refused.txt").read_text("utf-8-sig")
    assert note.startswith("03:00:00 檔案已處理!整批不入檔!\n本檔已於 2026-11-21 02:00 收件。")


@pytest.mark.parametrize("state", ["waiting", "held", "done"])
def test_whatever_became_of_the_first_its_twin_is_a_duplicate(office: Office, state: str) -> None:
    office.drop(NAME, GOOD)
    collect(office)
    with office.database.transaction() as connection:
        connection.execute(batch.update().values(state=state))
    office.drop(NAME, GOOD)
    collect(office)
    assert office.states()[1:] == [(NAME, "refused", "FILE_DUPLICATE")]


def test_a_refused_file_makes_no_duplicate(office: Office) -> None:
    name = f"{UNIT}20261122.CSV"
    office.drop(name, GOOD)
    collect(office)
    office.now += timedelta(days=1)
    office.drop(name, GOOD)
    collect(office)
    assert [(state, reason) for _, state, reason in office.states()] == [
        ("refused", "FILE_DATE_FUTURE"),
        ("waiting", ""),
    ]


def test_a_file_that_an_operator_refused_makes_no_duplicate(office: Office) -> None:
    office.file(NAME, *(office.stranger() for _ in range(20)))
    content = (office.inbox / NAME).read_bytes()
    office.summary()
    refuse_batch(office.database, 1, staff=office.settings.staff_mail, actor="operator", at=office.now)
    office.drop(NAME, content)
    collect(office)
    assert office.states() == [(NAME, "refused", "HELD_REFUSED"), (NAME, "waiting", "")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param(NAME, GOOD + b"\n", id="same name, other bytes: a correction"),
        pytest.param(f"{UNIT}20261120.CSV", GOOD, id="same bytes under another date"),
        pytest.param(f"{OTHER_UNIT}20261121.CSV", GOOD, id="same bytes of another unit"),
    ],
)
def test_what_differs_is_a_new_batch(office: Office, name: str, content: bytes) -> None:
    office.drop(NAME, GOOD)
    collect(office)
    office.drop(name, content)
    collect(office)
    assert [state for _, state, _ in office.states()] == ["waiting", "waiting"]
    assert len(office.shelf("processed")) == 2


def test_the_same_people_under_a_new_date_are_told_so_and_new_ones_get_in(office: Office) -> None:
    early, late = office.person(), office.person(start=TODAY + timedelta(days=1))
    office.file(NAME, early, late)
    office.summary()
    office.now += timedelta(days=1)
    office.load_register()
    office.file(f"{UNIT}20261122.CSV", early, late)
    office.summary()
    assert office.answers(f"{UNIT}20261122.CSV") == ["(你已做過申請)不入檔!", "網路服務註冊成功!"]


# --- hand-ins ---------------------------------------------------------------------------------------


def test_a_hand_in_recorded_but_not_moved_is_only_moved(office: Office) -> None:
    office.drop(NAME, GOOD)
    office.drop("bad.CSV", GOOD)
    collect_files(office.database, office.settings, now=office.clock, moves=False)  # died before the move
    office.now += timedelta(hours=1)
    collect(office)
    assert [row.moved_at for row in office.all(hand_in)] == [office.now] * 2
    assert office.states() == [(NAME, "waiting", ""), ("bad.CSV", "refused", "FILE_NAME")]
    assert office.shelf("processed") == [NAME]
    assert office.shelf("refused") == ["bad.CSV", "bad.CSV.refused.txt"]
    assert office.owed() == []


def test_a_file_dropped_again_after_the_move_is_a_new_hand_in(office: Office) -> None:
    path = office.drop(NAME, GOOD)
    kept = office.folder / "kept.CSV"
    os.link(path, kept)  # keeps its bytes and its mtime
    collect(office)
    os.link(kept, path)
    collect(office)
    assert office.states() == [(NAME, "waiting", ""), (NAME, "refused", "FILE_DUPLICATE")]


def test_originals_of_one_name_never_overwrite_each_other(office: Office) -> None:
    for number in range(3):
        office.drop(NAME, GOOD + b"\n" * number)
        office.drop("bad.CSV", GOOD + b"\n" * number)
        collect(office)
    assert len(office.shelf("processed")) == 3
    assert len(office.shelf("refused")) == 6
    sizes = {path.stat().st_size for path in (office.inbox / "processed").iterdir()}
    assert sizes == {len(GOOD), len(GOOD) + 1, len(GOOD) + 2}


def test_the_day_of_receipt_is_frozen(office: Office) -> None:
    leaving, joining = (
        office.person(end=TODAY + timedelta(days=1)),
        office.person(start=TODAY + timedelta(days=1)),
    )
    office.file(NAME, leaving, joining)
    collect(office)
    office.now += timedelta(days=1)  # the night itself runs a day later
    office.load_register()
    office.summary()
    assert office.answers() == ["網路服務註冊成功!", "(非該單位在保保險對像)不入檔!"]
    assert office.all(batch, "received_on") == [(TODAY,)]


def test_the_file_date_is_judged_by_the_wall_clock_of_taipei(office: Office) -> None:
    office.now -= timedelta(hours=2, seconds=1)  # 23:59:59 the evening before
    office.drop(NAME, GOOD)
    collect(office)
    office.now += timedelta(seconds=1)
    office.drop(NAME, GOOD)
    collect(office)
    assert [reason for _, _, reason in office.states()] == ["FILE_DATE_FUTURE", ""]


def test_a_name_that_is_no_text_is_refused(office: Office) -> None:
    raw = os.fsencode(office.inbox) + b"/\xa5\xbc\xff.CSV"
    Path(os.fsdecode(raw)).write_bytes(GOOD)
    collect(office)
    assert [(state, reason) for _, state, reason in office.states()] == [("refused", "FILE_NAME")]
    assert sorted(os.listdir(os.fsencode(office.inbox / "refused"))) == [
        b"\xa5\xbc\xff.CSV",
        b"\xa5\xbc\xff.CSV.refused.txt",
    ]


@pytest.mark.parametrize("name", [".hidden.CSV", f"~${NAME}"])
def test_the_shadow_of_an_open_file_is_left_alone(office: Office, name: str) -> None:
    office.drop(name, GOOD)
    (office.inbox / "folder.CSV").mkdir()
    (office.inbox / "link.CSV").symlink_to(office.drop("target", GOOD))
    (office.inbox / "target").unlink()
    collect(office)
    assert office.states() == []
    assert (office.inbox / name).exists()


def test_without_any_register_nothing_is_collected(office: Office) -> None:
    office.drop(NAME, GOOD)
    with office.database.transaction() as connection:
        connection.execute(register_load.delete())
    with pytest.raises(MachineUnusable, match="nhicard load-register"):
        collect(office)
    assert office.shelf("") == [NAME]
    assert office.states() == []
