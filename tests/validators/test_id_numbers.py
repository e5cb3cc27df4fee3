from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.validators import vector_file
from tests.validators.made_up import PERSON_IDS, touched
from validators import national_id, person_id, resident_id
from validators.codes import CellCode, IdFormatCode
from validators.value_faults import value_fault

FAULT = {
    "national_id": national_id.fault,
    "ui_new": resident_id.new_form_fault,
    "ui_old": resident_id.old_form_fault,
    "id_any": person_id.fault,
}


@pytest.mark.parametrize(
    "row", vector_file.read("id_vectors.csv"), ids=lambda row: f"{row['kind']}-{row['id'] or 'empty'}"
)
def test_strict_validation_agrees_with_the_public_vectors(row: dict[str, str]) -> None:
    fault = FAULT[row["kind"]](row["id"])
    assert (fault is None) is (row["valid"] == "true")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("", "ID_MISSING", id="empty"),
        pytest.param("A123456788", "ID_CHECK_DIGIT", id="check digit of a national ID"),
        pytest.param("A800000015", "ID_CHECK_DIGIT", id="check digit of a new resident number"),
        pytest.param("AB23456780", "ID_CHECK_DIGIT", id="check digit of an old resident number"),
        pytest.param("A213456789", "ID_CHECK_DIGIT", id="two digits swapped"),
        pytest.param("AX23456789", "ID_FORMAT", id="second letter X"),
        pytest.param("A323456789", "ID_FORMAT", id="second digit 3"),
        pytest.param("A12345678", "ID_FORMAT", id="nine characters"),
        pytest.param("A1234567890", "ID_FORMAT", id="eleven characters"),
        pytest.param("A12345678٩", "ID_FORMAT", id="an Arabic digit"),
        pytest.param("A123456789\n", "ID_FORMAT", id="a line break behind"),
        pytest.param("a123456789", "ID_FORMAT", id="lower case"),
    ],
)
def test_a_strict_fault_has_its_own_code(text: str, fault: str) -> None:
    assert person_id.fault(text) == fault


@pytest.mark.parametrize(
    ("text", "repairs"),
    [
        pytest.param("A123456789", (), id="as it is"),
        pytest.param("a123456789", ("lower_case",), id="lower case"),
        pytest.param("Ａ１２３４５６７８９", ("full_width",), id="full-width"),
        pytest.param("ａ１２３４５６７８９", ("full_width", "lower_case"), id="full-width lower case"),
        pytest.param(" A123456789\t", ("spaces",), id="outer blanks"),
        pytest.param("A123 456 789", ("spaces",), id="inner spaces"),
        pytest.param("A123\u3000456789", ("spaces",), id="an ideographic space"),
        pytest.param("A123\u00a0456789", ("spaces",), id="a no-break space"),
        pytest.param("\ufeffA1234\u200b56789", ("spaces",), id="BOM and zero-width space"),
        pytest.param("'A123456789", ("quotes",), id="text guard"),
        pytest.param('="A123456789"', ("quotes",), id="formula guard"),
        pytest.param(" 'a123456789", ("quotes", "lower_case", "spaces"), id="guard, blank, lower case"),
    ],
)
def test_check_repairs_and_tells(text: str, repairs: tuple[str, ...]) -> None:
    assert person_id.check(text) == ("A123456789", None, repairs)


@pytest.mark.parametrize("text", ["A12345-6789", "ı123456789", "A12345\n6789", "A123456789;", "�123456789"])
def test_check_refuses_what_is_more_than_typing(text: str) -> None:
    assert person_id.check(text).fault == "ID_FORMAT"
    assert person_id.check(text).repairs == ()


@given(PERSON_IDS)
def test_every_made_up_number_is_right_for_exactly_one_kind(text: str) -> None:
    kinds = [fault(text) is None for fault in list(FAULT.values())[:3]]
    assert kinds.count(True) == 1
    assert person_id.fault(text) is None


@given(PERSON_IDS, st.integers(2, 9), st.integers(1, 9))
def test_one_wrong_digit_never_passes(text: str, place: int, step: int) -> None:
    wrong = text[:place] + str((int(text[place]) + step) % 10) + text[place + 1 :]
    fits = step * (1, 1, 7, 6, 5, 4, 3, 2, 1, 1)[place] % 10 == 0
    assert (person_id.fault(wrong) is None) is fits


@given(touched(PERSON_IDS))
@example("'A100000001" + " " * 600 + "1")
@example("A¯")
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = person_id.normalize(text)
    assert person_id.normalize(once.value) == (once.value, ())


@given(touched(PERSON_IDS))
def test_each_kind_checks_as_it_judges_the_normalised_text(text: str) -> None:
    value = person_id.normalize(text).value
    assert national_id.check(text).fault == national_id.fault(value)
    assert resident_id.check(text).fault == resident_id.fault(value)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        pytest.param("123456789012", IdFormatCode.PERMIT, id="12-digit permit number"),
        pytest.param("312345678", IdFormatCode.PASSPORT, id="Taiwan passport"),
        pytest.param("TK1234567", IdFormatCode.PASSPORT, id="two letters and seven digits"),
        pytest.param("K1234567E", IdFormatCode.PASSPORT, id="a letter behind"),
        pytest.param("A12345678", CellCode.ID_FORMAT, id="national ID cut short"),
        pytest.param("王大明", CellCode.ID_FORMAT, id="a name"),
    ],
)
def test_the_hint_fits_what_was_typed_and_the_code_stays(value: str, stored: str) -> None:
    assert person_id.format_code(value) == stored
    assert person_id.format_fault(value) is value_fault(stored)
    assert person_id.format_fault(value).code == person_id.fault(value) == "ID_FORMAT"
