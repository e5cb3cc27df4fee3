"""Each code a validator can give has wording and a case that gives it."""

from __future__ import annotations

from datetime import date

import pytest

from validators import email_address, file_name, person_id, phone
from validators.faults import FILE_FAULTS, REPAIRS, ROW_FAULTS, FileRefused

ROW_CASES = {
    "ID_MISSING": (person_id.check, " "),
    "ID_FORMAT": (person_id.check, "A12345678"),
    "ID_CHECK_DIGIT": (person_id.check, "A123456788"),
    "EMAIL_MISSING": (email_address.check, ""),
    "EMAIL_FORMAT": (email_address.check, "wang.example.com"),
    "PHONE_MISSING": (phone.check, ""),
    "PHONE_FORMAT": (phone.check, "1999"),
    "PHONE_DIGITS_LOST": (phone.check, "9.12E+08"),
}
FILE_CASES = {
    "FILE_NAME": "1100000011040820.CSV",
    "FILE_DATE": "11000000120150230.CSV",
    "FILE_DATE_FUTURE": "11000000120150821.CSV",
}
REPAIR_CASES = {
    "lost_zero": (phone.check, "912345678"),
    "decimal": (phone.check, "0912345678.0"),
    "full_width": (person_id.check, "Ａ123456789"),
    "quotes": (phone.check, "'0912345678"),
    "lower_case": (person_id.check, "a123456789"),
    "spaces": (person_id.check, "A123456789 "),
    "country_code": (phone.check, "886912345678"),
    "extension": (phone.check, "02-23456789轉1"),
    "slash": (phone.check, "0912/345/678"),
    "hyphen": (phone.check, "0912–345–678"),
}


def test_every_row_fault_of_one_cell_has_a_case() -> None:
    # A duplicate is a fault of two rows; test_employer_csv holds its case.
    assert ROW_CASES.keys() == ROW_FAULTS.keys() - {"DUPLICATE_IN_FILE"}


@pytest.mark.parametrize("code", ROW_CASES)
def test_a_cell_gives_its_fault(code: str) -> None:
    check, text = ROW_CASES[code]
    assert check(text).fault == code


@pytest.mark.parametrize("code", FILE_CASES)
def test_a_file_name_gives_its_fault(code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        file_name.parse(FILE_CASES[code], received_on=date(2015, 8, 20))
    assert refused.value.fault is FILE_FAULTS[code]
    assert refused.value.message.endswith("!整批不入檔!")


def test_every_repair_has_wording_and_a_case() -> None:
    assert list(REPAIR_CASES) == list(REPAIRS)
    assert all(REPAIRS.values())


@pytest.mark.parametrize("repair", REPAIR_CASES)
def test_a_cell_tells_its_repair(repair: str) -> None:
    check, text = REPAIR_CASES[repair]
    assert check(text).fault is None
    assert repair in check(text).repairs
