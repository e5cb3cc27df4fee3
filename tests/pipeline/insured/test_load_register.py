"""Facts about loading the register: all of it or nothing, again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet
from sqlalchemy import Table, select

from pipeline.errors import ArgumentRefused
from pipeline.insured.load_register import RegisterChange, load_register
from pipeline.insured.queries.register import BESIDE, latest_load
from pipeline.store.engine import Database
from pipeline.store.tables import beneficiary, contact, coverage, register_load, unit
from tests.pipeline.insured.register_folder import Rows, period, person, small_register, write
from tests.pipeline.insured.register_folder import contact as contact_line

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
TODAY = date(2026, 11, 21)
TABLES = (unit, contact, beneficiary, coverage)


def load(database: Database, folder: Path, **options: Any) -> RegisterChange:
    return load_register(database, folder, **({"now": NOW, "today": TODAY} | options))


def contents(database: Database, table: Table) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return sorted(map(tuple, connection.execute(select(table))), key=str)


def everything(database: Database) -> list[list[tuple[Any, ...]]]:
    return [contents(database, table) for table in TABLES]


def test_a_first_load_joins_everybody(database: Database, tmp_path: Path) -> None:
    change = load(database, write(tmp_path / "register", small_register()))
    assert change.tables["beneficiaries"].joined == 3
    assert change.tables["beneficiaries"].left == 0
    assert {word: table.after for word, table in change.tables.items()} == {
        "units": 2,
        "contacts": 1,
        "beneficiaries": 3,
        "coverage": 3,
    }
    with database.reading() as connection:
        row = connection.execute(select(beneficiary).where(beneficiary.c.national_id == "A123456789")).one()
    assert row.card_number == "000012345678", "the leading zeros are there"
    assert row.card_valid is True
    assert row.birth_date == date(1980, 2, 29)
    assert row.arc_expiry_date is None
    assert row.former_id is None


def test_each_load_is_noted_with_its_time_and_counts(database: Database, tmp_path: Path) -> None:
    with database.reading() as connection:
        assert latest_load(connection) is None
    folder = write(tmp_path / "register", small_register())
    change = load(database, folder)
    load(database, folder, now=NOW.replace(day=21))
    with database.reading() as connection:
        assert latest_load(connection) == NOW.replace(day=21)
        counts = connection.scalars(select(register_load.c.counts)).all()
    assert counts[0]["tables"]["beneficiaries"] == change.as_counts()["tables"]["beneficiaries"]
    assert len(counts) == 2


def test_twice_is_once(database: Database, tmp_path: Path) -> None:
    folder = write(tmp_path / "register", small_register())
    load(database, folder)
    before = everything(database)
    again = load(database, folder, today=date(2026, 12, 24))
    assert everything(database) == before
    assert all((table.joined, table.left, table.changed) == (0, 0, 0) for table in again.tables.values())


def test_the_new_register_replaces_the_old_one(database: Database, tmp_path: Path) -> None:
    register = small_register()
    load(database, write(tmp_path / "old", register))
    register["beneficiaries"][0] |= {"card_number": "000099999999"}
    register["beneficiaries"][2] = person("D123456782", "000012345670")
    register["coverage"][2] = period("D123456782", "210000002")
    register["units"][1] |= {"closed_on": "2026-11-01"}
    change = load(database, write(tmp_path / "new", register))
    assert (change.tables["beneficiaries"].joined, change.tables["beneficiaries"].left) == (1, 1)
    assert change.tables["beneficiaries"].changed == 1
    assert change.closed_units == 1
    people = {row[0]: row for row in contents(database, beneficiary)}
    assert set(people) == {"A123456789", "B123456780", "D123456782"}
    assert people["A123456789"][3] == "000099999999"
    assert [row[2] for row in contents(database, unit)] == [None, date(2026, 11, 1)]


def test_a_known_contact_keeps_the_day_it_was_first_seen(database: Database, tmp_path: Path) -> None:
    register = small_register()
    load(database, write(tmp_path / "old", register), today=date(2026, 1, 1))
    register["contacts"][0]["name"] = "新姓名"
    register["contacts"].append(contact_line("110000001", "new@example.com"))
    load(database, write(tmp_path / "new", register), today=date(2026, 2, 2))
    seen = {row.email: (row.name, row.first_seen_on) for row in _rows(database, contact)}
    assert seen == {
        "hr@example.com": ("新姓名", date(2026, 1, 1)),
        "new@example.com": ("王承辦", date(2026, 2, 2)),
    }


@pytest.mark.parametrize("others_stay", [True, False], ids=["beside", "in place of"])
def test_a_contact_that_comes_after_others_is_marked(
    database: Database, tmp_path: Path, others_stay: bool
) -> None:
    register = small_register()
    load(database, write(tmp_path / "first", register))
    assert not any(row.joined_others for row in _rows(database, contact))
    register["contacts"] = register["contacts"] * others_stay + [contact_line("110000001", "new@example.com")]
    load(database, write(tmp_path / "second", register))
    assert {row.email for row in _rows(database, contact) if row.joined_others} == {"new@example.com"}


def _rows(database: Database, table: Table) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(select(table)))


def test_exact_double_lines_of_coverage_are_kept_once_and_counted(database: Database, tmp_path: Path) -> None:
    register = small_register()
    register["coverage"] += [dict(register["coverage"][0]), dict(register["coverage"][1])] * 2
    change = load(database, write(tmp_path / "register", register))
    assert change.double_lines == 4
    assert change.tables["coverage"].after == 3


def test_ids_are_stripped_and_upper_cased(database: Database, tmp_path: Path) -> None:
    register = small_register()
    register["beneficiaries"][0]["national_id"] = " a123456789 "
    register["beneficiaries"] = [
        line | {"former_id": " ab23456789"} for line in register["beneficiaries"][:1]
    ]
    load(database, write(tmp_path / "register", register))
    assert [(row.national_id, row.former_id) for row in _rows(database, beneficiary)] == [
        ("A123456789", "AB23456789")
    ]


def test_an_inclusive_end_becomes_the_first_day_no_longer_covered(database: Database, tmp_path: Path) -> None:
    register = small_register()
    register["coverage"][2]["end_date"] = "9999-12-31"
    load(database, write(tmp_path / "register", register), end_inclusive=True)
    ends = {row.national_id: row.end_date for row in _rows(database, coverage)}
    assert ends == {
        "A123456789": None,
        "B123456780": date(2016, 2, 1),
        "C123456781": date(9999, 12, 31),
    }


def test_further_columns_are_kept_out_and_named_once(database: Database, tmp_path: Path) -> None:
    register = small_register()
    register["units"] = [line | {"備註": "x", "grade": "y"} for line in register["units"]]
    change = load(database, write(tmp_path / "register", register))
    assert change.ignored_columns == {"units": ("備註", "grade")}


def test_parquet_and_csv_load_the_same(sqlite_database: Database, tmp_path: Path) -> None:
    folder = write(tmp_path / "csv", small_register())
    load(sqlite_database, folder)
    before = everything(sqlite_database)
    other = tmp_path / "parquet"
    other.mkdir()
    for path in folder.iterdir():
        # As a feed's own tool writes it: dates are dates, flags are flags, numbers are text.
        table = arrow_csv.read_csv(path, convert_options=_typed_like_a_feed(path))
        parquet.write_table(table, other / f"{path.stem}.parquet")
    again = load(sqlite_database, other)
    assert everything(sqlite_database) == before
    assert again.tables["beneficiaries"].changed == 0


def _typed_like_a_feed(path: Path) -> arrow_csv.ConvertOptions:
    names = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    dates = {name: pa.date32() for name in names if name.endswith("_date") or name == "closed_on"}
    texts = {name: pa.string() for name in names if name not in dates}
    return arrow_csv.ConvertOptions(
        column_types=texts | dates | ({"card_valid": pa.bool_()} if "card_valid" in names else {})
    )


@pytest.mark.parametrize("word", ["beneficiaries", "coverage"])
def test_a_register_that_shrinks_by_over_a_fifth_is_refused_unless_forced(
    sqlite_database: Database, tmp_path: Path, word: str
) -> None:
    register = small_register()
    more: dict[str, Callable[[int], dict[str, str]]] = {
        "beneficiaries": lambda number: person(f"E{number:09d}", f"{number:012d}"),
        "coverage": lambda number: period(f"E{number:09d}", "110000001"),
    }
    grown: Rows = [more[word](number) for number in range(10)]
    load(sqlite_database, write(tmp_path / "full", register | {word: grown}))
    before = everything(sqlite_database)
    load(sqlite_database, write(tmp_path / "four_fifths", register | {word: grown[:8]}))
    load(sqlite_database, tmp_path / "full")
    with pytest.raises(ArgumentRefused, match=rf"{word}.csv: the register would shrink from 10 to 7 rows"):
        load(sqlite_database, write(tmp_path / "less", register | {word: grown[:7]}))
    assert everything(sqlite_database) == before
    change = load(sqlite_database, tmp_path / "less", force=True)
    assert change.tables[word].left == 3


@pytest.mark.parametrize(
    ("word", "key"),
    [
        pytest.param("units", "unit_code", id="unit"),
        pytest.param("contacts", "unit_code + email", id="contact"),
        pytest.param("beneficiaries", "national_id", id="person"),
        pytest.param(
            "coverage", "unit_code + national_id + start_date + relation + insured_national_id", id="coverage"
        ),
    ],
)
def test_a_double_key_is_refused_with_its_line_and_nothing_changes(
    database: Database, tmp_path: Path, word: str, key: str
) -> None:
    register = small_register()
    load(database, write(tmp_path / "old", register))
    before = everything(database)
    changed = {"coverage": {"end_date": "2020-01-01"}}.get(word, {})
    register[word].append(dict(register[word][0]) | changed)
    line = len(register[word]) + 1
    with pytest.raises(ArgumentRefused) as refused:
        load(database, write(tmp_path / "new", register))
    assert str(refused.value) == f"{word}.csv, line {line}, column {key}: an earlier line has the same key"
    assert everything(database) == before
    with database.reading() as connection:
        assert latest_load(connection) == NOW


def test_progress_hears_of_every_phase_and_its_rows(sqlite_database: Database, tmp_path: Path) -> None:
    heard: list[tuple[str, int]] = []
    load(
        sqlite_database,
        write(tmp_path / "register", small_register()),
        progress=lambda word, rows: heard.append((word, rows)),
    )
    rows = {"units": 2, "contacts": 1, "beneficiaries": 3, "coverage": 3}
    received = [(f"{word}: {done}", rows[word]) for word in rows for done in ("reading", "storing")]
    placed = [(f"{word}: putting in place", rows[word]) for word in rows]
    assert heard == [*received, *placed, ("committing", 9)]


def test_a_rehearsal_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    folder = write(tmp_path / "register", small_register())
    with database.rehearsal() as rehearsed:
        load(rehearsed, folder)
        assert load(rehearsed, folder).tables["beneficiaries"].before == 3
    assert everything(database) == [[], [], [], []]


def test_no_temporary_table_stays(database: Database, tmp_path: Path) -> None:
    load(database, write(tmp_path / "register", small_register()))
    with database.reading() as connection:
        has_table = database.engine.dialect.has_table
        assert not any(has_table(connection, beside.name) for beside in BESIDE.values())
