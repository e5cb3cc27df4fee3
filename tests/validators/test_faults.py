"""Each code a validator can give has wording and a case that gives it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from validators import email_address, file_name, person_id, phone
from validators.codes import CellCode, Code, FieldCode, FileCode, IdFormatCode, RepairCode, WarningCode
from validators.faults import FILE_FAULTS, WARNINGS, FileRefused
from validators.value_faults import CELL_FAULTS, FIELD_FAULTS, ID_FORMAT_FAULTS, REPAIRS, value_fault

CELL_CASES = {
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


@pytest.mark.parametrize(
    ("codes", "table"),
    [
        pytest.param(CellCode, CELL_FAULTS, id="cells"),
        pytest.param(IdFormatCode, ID_FORMAT_FAULTS, id="ID formats"),
        pytest.param(FieldCode, FIELD_FAULTS, id="fields"),
        pytest.param(FileCode, FILE_FAULTS, id="files"),
        pytest.param(WarningCode, WARNINGS, id="warnings"),
        pytest.param(RepairCode, REPAIRS, id="repairs"),
    ],
)
def test_every_code_has_its_words_and_prints_as_plain_text(
    codes: type[Code], table: dict[Code, object]
) -> None:
    assert list(table) == list(codes)
    for code in codes:
        assert str(code) == f"{code}" == code.value == json.loads(json.dumps(code))
        assert repr([code]) == repr([code.value])


def test_a_stored_code_finds_its_fault_again() -> None:
    assert value_fault("ID_FORMAT:permit") is ID_FORMAT_FAULTS[IdFormatCode.PERMIT]
    assert value_fault("SERIAL_FORMAT") is FIELD_FAULTS[FieldCode.SERIAL_FORMAT]
    with pytest.raises(KeyError):
        value_fault("DUPLICATE_IN_FILE")


def test_every_fault_of_a_cell_has_a_case() -> None:
    assert CELL_CASES.keys() == CELL_FAULTS.keys()


@pytest.mark.parametrize("code", CELL_CASES)
def test_a_cell_gives_its_fault(code: str) -> None:
    check, text = CELL_CASES[code]
    assert check(text).fault == code


@pytest.mark.parametrize("code", FILE_CASES)
def test_a_file_name_gives_its_fault(code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        file_name.parse(FILE_CASES[code], received_on=date(2015, 8, 20))
    assert refused.value.fault is FILE_FAULTS[FileCode(code)]
    assert refused.value.message.endswith("!整批不入檔!")


def test_every_repair_has_wording_and_a_case() -> None:
    assert list(REPAIR_CASES) == list(REPAIRS)
    assert all(REPAIRS.values())


@pytest.mark.parametrize("repair", REPAIR_CASES)
def test_a_cell_tells_its_repair(repair: str) -> None:
    check, text = REPAIR_CASES[repair]
    assert check(text).fault is None
    assert repair in check(text).repairs
