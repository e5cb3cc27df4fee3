"""Facts about reading the register's files: what is refused names the place and never the value."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from pipeline.errors import ArgumentRefused
from pipeline.insured.register_files import find_register_files, read_batches
from tests.pipeline.insured.register_folder import Rows, small_register, write


def read_all(folder: Path) -> None:
    for file in find_register_files(folder):
        for _ in read_batches(file):
            pass


def refusal(folder: Path) -> str:
    with pytest.raises(ArgumentRefused) as refused:
        read_all(folder)
    assert refused.value.__cause__ is None, "the reader's own exception quotes the line"
    return str(refused.value)


@pytest.mark.parametrize(
    ("word", "column", "value", "reason"),
    [
        pytest.param("units", "unit_code", "11000001", "not nine digits", id="unit code cut short"),
        pytest.param("units", "closed_on", "2026/11/01", "not a date as YYYY-MM-DD", id="slashes"),
        pytest.param("contacts", "email", "", "empty", id="contact without e-mail"),
        pytest.param("contacts", "email", "a" * 255, "over 254 characters", id="too long"),
        pytest.param("beneficiaries", "national_id", " ", "empty", id="blank ID"),
        pytest.param("beneficiaries", "national_id", "A1234567890", "over 10 characters", id="long ID"),
        pytest.param("beneficiaries", "name", "林\0", "a NUL character", id="NUL"),
        pytest.param(
            "beneficiaries", "birth_date", "1979-02-29", "not a date as YYYY-MM-DD", id="no such day"
        ),
        pytest.param("beneficiaries", "birth_date", "0690229", "not a date as YYYY-MM-DD", id="ROC date"),
        pytest.param(
            "beneficiaries",
            "card_number",
            "12345678",
            "not twelve digits (leading zeros lost?)",
            id="card number that lost its zeros",
        ),
        pytest.param("beneficiaries", "card_valid", "", "neither 0 nor 1", id="no word on the card"),
        pytest.param("coverage", "relation", "眷屬", "neither insured nor dependant", id="relation"),
        pytest.param("coverage", "start_date", "", "empty", id="no start"),
        pytest.param("coverage", "end_date", "2026-13-01", "not a date as YYYY-MM-DD", id="no such month"),
    ],
)
def test_a_bad_cell_is_refused_with_file_line_and_column(
    tmp_path: Path, word: str, column: str, value: str, reason: str
) -> None:
    register = small_register()
    register[word][-1][column] = value
    line = len(register[word]) + 1
    assert refusal(write(tmp_path / "r", register)) == f"{word}.csv, line {line}, column {column}: {reason}"


def test_the_first_bad_date_is_named(tmp_path: Path) -> None:
    register = small_register()
    for line in register["beneficiaries"][1:]:
        line["birth_date"] = "2026-02-30"
    assert "line 3, column birth_date" in refusal(write(tmp_path / "r", register))


def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    register = small_register()
    register["coverage"] = [line | {"insured_amount": "45,800"} for line in register["coverage"]]
    assert refusal(write(tmp_path / "r", register)).endswith(
        "line 2, column insured_amount: not a whole number"
    )


def _without(name: str, rows: Rows) -> Rows:
    return [{key: value for key, value in line.items() if key != name} for line in rows]


def test_missing_columns_are_named(tmp_path: Path) -> None:
    register = small_register()
    register["beneficiaries"] = _without("county", _without("card_valid", register["beneficiaries"]))
    assert (
        refusal(write(tmp_path / "r", register)) == "beneficiaries.csv: column card_valid, county is missing"
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "r", small_register())
    (folder / "contacts.csv").unlink()
    assert refusal(folder).startswith("contacts.csv or contacts.parquet is missing in ")


def test_a_file_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "r", small_register())
    parquet.write_table(pa.table({"unit_code": ["110000001"]}), folder / "units.parquet")
    assert refusal(folder) == "units is there twice, as .csv and as .parquet: take one away"


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "r", small_register())
    (folder / "units.csv").write_text("unit_code,unit_name,closed_on,unit_name\n110000001,a,,b\n")
    assert refusal(folder) == "units.csv: column unit_name is there twice"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(
            b"unit_code,unit_name,closed_on\n110000001,\xbdd,\n",
            "units.csv, line 2: not UTF-8",
            id="CP950",
        ),
        pytest.param(
            b"unit_code,unit_name,closed_on\n110000001,a,\n210000002,b,,c\n",
            "units.csv, line 3: 4 cells instead of 3",
            id="a cell too many",
        ),
        pytest.param(b"", "units.csv: column closed_on, unit_code, unit_name is missing", id="empty"),
    ],
)
def test_bytes_that_are_no_table_are_refused(tmp_path: Path, content: bytes, told: str) -> None:
    folder = write(tmp_path / "r", small_register())
    (folder / "units.csv").write_bytes(content)
    assert refusal(folder).startswith(told)


def test_a_parquet_name_over_other_bytes_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "r", small_register())
    (folder / "units.csv").rename(folder / "units.parquet")
    assert refusal(folder) == "units.parquet: cannot be read as Parquet"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_byte_order_mark_blank_lines_and_quoted_line_breaks_are_read(tmp_path: Path, ending: str) -> None:
    folder = write(tmp_path / "r", small_register())
    lines = ["\ufeffunit_code,unit_name,closed_on", '110000001,"第一\n第二",2026-11-01', "", "210000002,b,"]
    (folder / "units.csv").write_bytes(ending.join(lines).encode())
    (batch,) = read_batches(find_register_files(folder)[0])
    assert batch.column("unit_name").to_pylist() == ["第一\n第二", "b"]
    assert batch.column("line_number").to_pylist() == [2, 3]


def test_a_header_alone_is_a_register_of_nobody(tmp_path: Path) -> None:
    folder = write(tmp_path / "r", small_register())
    (folder / "contacts.csv").write_text("unit_code,name,email\n")
    read_all(folder)
