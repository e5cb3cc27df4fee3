"""Facts about the made-up register and night."""

from __future__ import annotations

from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from pipeline.bulk.intake.employer_file.opening import open_rows, read_rows
from pipeline.errors import ArgumentRefused
from pipeline.sample.demo_data import DemoData, make_demo_data
from validators import file_name, person_id
from validators.employer_csv import judge_rows

ON = date(2026, 11, 20)


def make(folder: Path, **other: float) -> DemoData:
    asked = {"people": 3_000, "files": 12, "rows": 1_500, "bad_percent": 10.0, "seed": 7} | other
    return make_demo_data(
        folder,
        people=int(asked["people"]),
        files=int(asked["files"]),
        rows=int(asked["rows"]),
        bad_percent=asked["bad_percent"],
        seed=int(asked["seed"]),
        on=ON,
    )


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.*"))
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    make(folder)
    return folder


def table(folder: Path, word: str) -> pd.DataFrame:
    path = folder / "register" / f"{word}.csv"
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def judged(folder: Path) -> tuple[list[str], pd.DataFrame]:
    """The files' unit codes, and all rows as the format check judges them (`file_id`: place in the list)."""
    paths = sorted((folder / "inbox").iterdir())
    contents = [path.read_bytes() for path in paths]
    for content in contents:
        assert not open_rows(content)[0].ignored_columns
    units = [file_name.parse(path.name, received_on=ON).unit_code for path in paths]
    return units, judge_rows(read_rows(list(enumerate(contents))))


def faulty(rows: pd.DataFrame) -> pd.Series:
    return (rows["id_fault"] != "") | (rows["email_fault"] != "") | (rows["phone_fault"] != "")


def test_the_same_arguments_make_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    make(tmp_path)
    assert digests(tmp_path) == digests(folder)


def test_another_seed_makes_other_people(folder: Path, tmp_path: Path) -> None:
    make(tmp_path, seed=8)
    ours, theirs = table(folder, "beneficiaries"), table(tmp_path, "beneficiaries")
    assert not set(ours["national_id"]) & set(theirs["national_id"])


def test_numbers_are_valid_and_belong_to_one_person(folder: Path) -> None:
    people = table(folder, "beneficiaries")
    numbers = [*people["national_id"], *people.loc[people["former_id"] != "", "former_id"]]
    assert all(person_id.fault(number) is None for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert people["card_number"].str.fullmatch("0000[0-9]{8}").all()
    assert people["card_number"].is_unique


def test_everything_the_rules_speak_of_is_in_the_register(folder: Path) -> None:
    people, periods, units = (table(folder, word) for word in ("beneficiaries", "coverage", "units"))
    contacts = table(folder, "contacts")
    residents = people["national_id"].str[1].isin(["8", "9"])
    at_one_unit = periods.groupby(["national_id", "unit_code", "relation"]).size()
    relations = periods.groupby(["national_id", "unit_code"])["relation"].nunique()
    ended = set(people["national_id"]) - set(periods.loc[periods["end_date"] == "", "national_id"])
    found = {
        "resident": residents.sum(),
        "resident with a former number": (people["former_id"] != "").sum(),
        "permanent permit": (residents & (people["arc_expiry_date"] == "")).sum(),
        "no valid card": (people["card_valid"] == "0").sum(),
        "no longer covered": len(ended),
        "dependant": (periods["relation"] == "dependant").sum(),
        "two periods at one unit": (at_one_unit > 1).sum(),
        "insured and dependant": (relations > 1).sum(),
        "closed unit": (units["closed_on"] != "").sum(),
        "unit with two contacts": (contacts.groupby("unit_code").size() > 1).sum(),
    }
    assert {what: count for what, count in found.items() if not count} == {}
    assert set(units["unit_code"]) == set(contacts["unit_code"])
    assert contacts["email"].str.contains("@example.").all()
    assert not people.loc[~residents, "arc_serial"].any()


def test_every_dependant_names_somebody_insured_at_the_same_unit(folder: Path) -> None:
    periods = table(folder, "coverage")
    insured = set(
        zip(
            *(periods[periods["relation"] == "insured"][c] for c in ("unit_code", "national_id")), strict=True
        )
    )
    dependants = periods[periods["relation"] == "dependant"]
    assert set(zip(dependants["unit_code"], dependants["insured_national_id"], strict=True)) <= insured


@pytest.mark.parametrize("bad_percent", [0.0, 10.0, 100.0])
def test_the_rows_become_what_is_promised(tmp_path: Path, bad_percent: float) -> None:
    made = make(tmp_path, bad_percent=bad_percent)
    units, rows = judged(tmp_path)
    periods = table(tmp_path, "coverage")
    open_periods = periods[periods["end_date"] == ""]
    covered = set(zip(open_periods["unit_code"], open_periods["national_id"], strict=True))
    people = table(tmp_path, "beneficiaries")
    with_card = set(people.loc[people["card_valid"] == "1", "national_id"])
    outcomes: Counter[str] = Counter()
    for file_id, number, is_faulty, is_duplicate in zip(
        rows["file_id"], rows["national_id"], faulty(rows), rows["is_duplicate"], strict=True
    ):
        if is_faulty:
            outcomes["FIELD_ERROR"] += 1
        elif is_duplicate:
            outcomes["DUPLICATE_IN_FILE"] += 1
        elif (units[file_id], number) not in covered:
            outcomes["NOT_INSURED_HERE"] += 1
        else:
            assert number in with_card
            outcomes["REGISTERED"] += 1
    assert outcomes == made.outcomes
    assert sum(made.outcomes.values()) == made.rows == 1_500
    assert outcomes["REGISTERED"] == 1_500 * (100 - bad_percent) / 100


def test_the_mix_of_a_night(folder: Path) -> None:
    _, rows = judged(folder)
    repaired = (rows["id_repairs"] != "") | (rows["email_repairs"] != "") | (rows["phone_repairs"] != "")
    assert 0.03 < repaired.mean() < 0.07
    assert 0.15 < rows["phone"].str.match("0[2-8]").mean() < 0.25
    assert not rows["email_shared"].any()
    habits = Counter(open_rows(path.read_bytes())[0].encoding for path in (folder / "inbox").iterdir())
    assert habits["utf-8-sig"] > habits["cp950"] > 0
    assert {"id", "email", "phone"} == {
        column for column in ("id", "email", "phone") if (rows[f"{column}_fault"] != "").any()
    }


@pytest.mark.parametrize(
    ("people", "ending"),
    [pytest.param(10_000, "csv", id="small"), pytest.param(10_001, "parquet", id="large")],
)
def test_a_small_register_is_csv_and_a_large_one_parquet(tmp_path: Path, people: int, ending: str) -> None:
    make(tmp_path, people=people, rows=100)
    assert {path.suffix for path in (tmp_path / "register").iterdir()} == {f".{ending}"}


def test_more_people_than_fit_into_one_piece_are_still_different_people(tmp_path: Path) -> None:
    make(tmp_path, people=450_000, files=3, rows=300)
    people = pd.read_parquet(tmp_path / "register" / "beneficiaries.parquet", columns=["national_id"])
    assert len(people) == 450_000
    assert people["national_id"].is_unique


def test_a_night_of_everybody_has_no_quiet_people(tmp_path: Path) -> None:
    made = make(tmp_path, people=60, files=2, rows=60, bad_percent=50)
    _, rows = judged(tmp_path)
    assert len(rows) == made.rows == 60
    assert int(faulty(rows).sum()) == made.outcomes["FIELD_ERROR"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"files": 0}, id="no file"),
        pytest.param({"files": 1_501}, id="more files than rows"),
        pytest.param({"people": 1_499}, id="more rows than people"),
        pytest.param({"bad_percent": 101}, id="over 100 percent"),
        pytest.param({"people": 50_000_001}, id="more people than numbers"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(tmp_path: Path, other: dict[str, float]) -> None:
    with pytest.raises(ArgumentRefused):
        make(tmp_path / "demo", **other)
    assert not (tmp_path / "demo").exists()


def test_an_inbox_that_is_there_is_not_touched(folder: Path) -> None:
    before = digests(folder)
    with pytest.raises(ArgumentRefused, match="choose another folder"):
        make(folder)
    assert digests(folder) == before


def test_the_readme_says_that_nobody_exists(folder: Path) -> None:
    text = (folder / "README.txt").read_text(encoding="utf-8")
    assert "虛構" in text
    assert "made up" in text
    assert "REGISTERED: 1350" in text
