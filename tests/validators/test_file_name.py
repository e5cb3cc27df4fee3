from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.faults import FileRefused
from validators.file_name import FileName, fault, is_old, parse

RECEIVED_ON = date(2015, 8, 20)
EXPECTED = "正確檔名應為 11000000120150820.CSV。"
IS_ROC = "檔名中的日期是民國日期,請改用西元日期;"


@pytest.mark.parametrize(
    "name",
    [
        "11000000120150820.CSV",
        "11000000120150820.csv",
        "11000000120150820.Csv",
    ],
)
def test_a_right_name_gives_unit_and_date(name: str) -> None:
    assert parse(name, received_on=RECEIVED_ON) == FileName("110000001", RECEIVED_ON)
    assert fault(name, received_on=RECEIVED_ON) is None


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        pytest.param("1100000011040820.CSV", IS_ROC + EXPECTED, id="ROC date"),
        pytest.param("11000000101040820.CSV", IS_ROC + EXPECTED, id="ROC date with a zero in front"),
        pytest.param("110000001_104.08.20.csv", IS_ROC + EXPECTED, id="ROC date with dots"),
        pytest.param("11000000120150820 (1).CSV", EXPECTED, id="copy number"),
        pytest.param("11000000120150820(2).CSV", EXPECTED, id="copy number without a space"),
        pytest.param("11000000120150820 - 複製 (2).CSV", EXPECTED, id="copy in Chinese"),
        pytest.param("Copy of 11000000120150820.CSV", EXPECTED, id="copy in English"),
        pytest.param("110000001_20150820.csv", EXPECTED, id="underscore"),
        pytest.param("110000001-2015-08-20.csv", EXPECTED, id="hyphens"),
        pytest.param("11000000120150820.csv.csv", EXPECTED, id="double extension"),
        pytest.param("11000000120150820.CSV.txt", EXPECTED, id="hidden extension"),
        pytest.param("11000000120150820", EXPECTED, id="no extension"),
        pytest.param("11000000120150820.c\u017fv", EXPECTED, id="a long s for the s"),
        pytest.param(" 110000001 20150820 .CSV ", EXPECTED, id="spaces"),
        pytest.param("１１00000０１２0150820.CSV", EXPECTED, id="full-width digits"),
        pytest.param("１１０００００１20150820.CSV", "", id="a digit of the unit code left out"),
        pytest.param("1100000120150820.CSV", "", id="eight digits of unit code"),
        pytest.param("11000000120150820.xlsx", "副檔名不是 .CSV", id="a spreadsheet"),
        pytest.param("A123456789.csv", "", id="an ID as a name"),
        pytest.param("1100000011041320.CSV", "", id="no such ROC date"),
        pytest.param("1100000011040821.CSV", "", id="a ROC date of tomorrow"),
        pytest.param("", "", id="empty"),
        pytest.param("1" * 100_000, "", id="a hundred thousand digits"),
    ],
)
def test_another_name_is_refused_and_the_expected_one_is_shown(name: str, detail: str) -> None:
    with pytest.raises(FileRefused) as refused:
        parse(name, received_on=RECEIVED_ON)
    assert refused.value.code == fault(name, received_on=RECEIVED_ON) == "FILE_NAME"
    assert refused.value.detail.startswith(detail)
    assert bool(refused.value.detail) is bool(detail)


@pytest.mark.parametrize("name", ["11000000120151301.CSV", "11000000120150229.CSV", "11000000120150800.CSV"])
def test_a_date_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        parse(name, received_on=RECEIVED_ON)
    assert refused.value.code == fault(name, received_on=RECEIVED_ON) == "FILE_DATE"


def test_the_day_of_receipt_is_right_and_the_day_after_is_refused() -> None:
    name = "11000000120150820.CSV"
    assert parse(name, received_on=RECEIVED_ON).file_date == RECEIVED_ON
    with pytest.raises(FileRefused) as refused:
        parse(name, received_on=RECEIVED_ON - timedelta(days=1))
    assert refused.value.code == "FILE_DATE_FUTURE"


@pytest.mark.parametrize(("days", "old"), [(0, False), (31, False), (32, True), (366, True)])
def test_a_date_is_old_after_31_days(days: int, old: bool) -> None:
    assert is_old(RECEIVED_ON - timedelta(days=days), RECEIVED_ON) is old


@given(
    st.from_regex(r"[0-9]{9}", fullmatch=True),
    st.dates(date(1000, 1, 1), date(2200, 1, 1)),
    st.integers(0, 400),
)
def test_every_written_name_is_read_again_at_any_age(unit: str, day: date, days: int) -> None:
    name = FileName(unit, day)
    assert parse(str(name), received_on=day + timedelta(days=days)) == name


@pytest.mark.parametrize("before", ["inbox/", "C:\\整批\\", "A123456789\\", "=?utf-8?q?=0D=0ABcc:x?=\\"])
def test_nothing_may_stand_before_a_name(before: str) -> None:
    with pytest.raises(FileRefused, match="FILE_NAME"):
        parse(f"{before}11000000120150820.CSV", received_on=RECEIVED_ON)
