"""Facts about the demo set: the seed's own example and its company."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from pipeline.bulk.intake.employer_file.opening import open_rows, read_rows
from pipeline.insured.load_register import load_register
from pipeline.sample.demo_set import DemoSet, make_demo_set
from pipeline.store.engine import Database
from pipeline.store.tables import coverage
from validators import file_name, person_id
from validators.employer_csv import judge_rows
from validators.faults import FileRefused

TODAY = date(2026, 11, 20)
FILE_DATE = date(2015, 8, 20)
MASKS = [
    "E22361",
    "E22425",
    "H22321",
    "S22112",
    "E22213",
    "E12099",
    "S22234",
    "S22271",
    "T12183",
    "R12189",
    "T12151",
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoSet:
    return make_demo_set(tmp_path_factory.mktemp("demo"), today=TODAY, file_date=FILE_DATE)


def judged(demo: DemoSet, name: str) -> pd.DataFrame:
    return judge_rows(read_rows([(1, (demo.inbox / name).read_bytes())]))


def covered(demo: DemoSet, unit_code: str) -> set[str]:
    periods = pd.read_csv(demo.register / "coverage.csv", dtype="str", keep_default_na=False)
    now = periods[(periods["end_date"] == "") & (periods["unit_code"] == unit_code)]
    return set(now["national_id"])


def outcomes(demo: DemoSet, name: str) -> list[str]:
    rows = judged(demo, name)
    people = pd.read_csv(demo.register / "beneficiaries.csv", dtype="str", keep_default_na=False)
    with_card = set(people.loc[people["card_valid"] == "1", "national_id"])
    here = covered(demo, name[:9])
    found = []
    for row in rows.itertuples():
        if row.id_fault or row.email_fault or row.phone_fault:
            found.append("FIELD_ERROR")
        elif row.is_duplicate:
            found.append("DUPLICATE_IN_FILE")
        elif row.national_id not in here:
            found.append("NOT_INSURED_HERE")
        else:
            found.append("REGISTERED" if row.national_id in with_card else "NO_VALID_CARD")
    return found


def test_the_example_is_the_seeds_eleven_rows(demo: DemoSet) -> None:
    assert demo.example_name == "11000000120150820.CSV"
    rows = judged(demo, demo.example_name)
    assert rows["masked_id"].tolist() == [f"{mask}****" for mask in MASKS]
    assert all(person_id.fault(number) is None for number in rows["national_id"])
    assert outcomes(demo, demo.example_name) == ["REGISTERED"] * 3 + ["NOT_INSURED_HERE"] * 7 + [
        "FIELD_ERROR"
    ]


def test_row_eleven_has_a_bad_email_and_a_bad_phone(demo: DemoSet) -> None:
    last = judged(demo, demo.example_name).iloc[10]
    assert (last["id_fault"], last["email_fault"], last["phone_fault"]) == (
        "",
        "EMAIL_FORMAT",
        "PHONE_FORMAT",
    )


def test_every_file_becomes_what_is_promised(demo: DemoSet) -> None:
    for name, promised in demo.outcomes.items():
        found = outcomes(demo, name)
        assert {outcome: found.count(outcome) for outcome in set(found)} == promised
    assert sorted(path.name for path in demo.inbox.iterdir()) == sorted([*demo.outcomes, demo.refused_name])


def test_the_file_out_of_excel_shows_every_kind_of_repair(demo: DemoSet) -> None:
    name = "21000000220150820.CSV"
    opened = open_rows((demo.inbox / name).read_bytes())[0]
    assert (opened.encoding, opened.row_count, opened.ignored_columns) == ("cp950", 15, ("姓名",))
    rows = judged(demo, name)
    repairs = set(" ".join([*rows["id_repairs"], *rows["email_repairs"], *rows["phone_repairs"]]).split())
    assert len(repairs) >= 7
    assert rows["phone_fault"].tolist().count("PHONE_DIGITS_LOST") == 1
    assert rows["email_shared"].any()


def test_its_extra_column_holds_a_character_of_one_firms_own(demo: DemoSet) -> None:
    content = (demo.inbox / "21000000220150820.CSV").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode("cp950")


def test_one_file_has_a_name_with_a_roc_date(demo: DemoSet) -> None:
    assert demo.refused_name == "110000001_1040820.csv"
    with pytest.raises(FileRefused, match="FILE_NAME"):
        file_name.parse(demo.refused_name, received_on=TODAY)


def test_the_large_unit_hands_in_a_thousand_rows_and_is_not_held(demo: DemoSet) -> None:
    (name,) = [name for name, promised in demo.outcomes.items() if sum(promised.values()) == 1_000]
    promised = demo.outcomes[name]
    assert promised["REGISTERED"] == 940
    rows = judged(demo, name)
    assert len(rows) <= 3 * len(covered(demo, name[:9]))
    suspicious = promised["NOT_INSURED_HERE"] + (rows["id_fault"] == "ID_CHECK_DIGIT").sum()
    assert suspicious < 500
    assert rows["email"].value_counts().max() <= 5


def test_nobody_is_two_people(demo: DemoSet) -> None:
    people = pd.read_csv(demo.register / "beneficiaries.csv", dtype="str", keep_default_na=False)
    numbers = [*people["national_id"], *people.loc[people["former_id"] != "", "former_id"]]
    assert len(set(numbers)) == len(numbers)
    assert people["card_number"].is_unique
    assert all(person_id.fault(number) is None for number in numbers)
    unknown = {"E12099", "T12183"}
    assert not unknown & set(people["national_id"].str[:6])


def test_the_register_loads_and_the_example_is_covered(sqlite_database: Database, demo: DemoSet) -> None:
    change = load_register(
        sqlite_database, demo.register, now=datetime(2026, 11, 20, tzinfo=UTC), today=TODAY
    )
    assert change.tables["units"].after == 6
    assert not change.ignored_columns
    with sqlite_database.reading() as connection:
        here = select(coverage.c.national_id).where(
            coverage.c.unit_code == "110000001", coverage.c.end_date.is_(None)
        )
        prefixes = {number[:6] for number in connection.scalars(here)}
    assert prefixes == {*MASKS[:3], MASKS[10]}


def test_a_later_set_differs_in_names_only(demo: DemoSet, tmp_path: Path) -> None:
    later = make_demo_set(tmp_path, today=TODAY, file_date=date(2026, 11, 19))
    assert later.refused_name == "110000001_1151119.csv"
    for old, new in zip(sorted(demo.inbox.iterdir()), sorted(later.inbox.iterdir()), strict=True):
        assert old.name[:9] == new.name[:9]
        assert old.read_bytes() == new.read_bytes()
