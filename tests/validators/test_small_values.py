from __future__ import annotations

import copy
import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.validators.made_up import PERSON_IDS, touched
from validators import cell_text, characters, person_id, roc_date, unit_code
from validators.faults import TextRefused
from validators.personal_data import NOTHING_SHOWN, PersonalId, mask_id


@given(st.dates(roc_date.FIRST_DAY, roc_date.LAST_DAY))
def test_a_roc_date_is_read_as_it_was_written(day: date) -> None:
    assert roc_date.parse(roc_date.write(day)) == day


@pytest.mark.parametrize(
    "text", ["", "104082", "10408200", "1041320", "0000101", "１０４０８２０", "1040820\n"]
)
def test_what_is_no_roc_date_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(TextRefused) as refused:
        roc_date.parse(text)
    assert refused.value.code is roc_date.fault(text)
    assert not text or text not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_day_before_the_republic_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="outside the ROC years"):
        roc_date.write(date(1911, 12, 31))


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("110000001", True),
        ("11000000", False),
        ("1100000011", False),
        ("11000000A", False),
        ("110000001\n", False),
    ],
)
def test_a_unit_code_is_nine_digits(text: str, valid: bool) -> None:
    assert unit_code.is_valid(text) is valid


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("E223610001", "E22361****", id="ID shape, whatever its check digit"),
        pytest.param(" ｅ223610001", "E22361****", id="normalised first"),
        pytest.param("AB23456789", "AB2345****", id="old resident number"),
        pytest.param("0912345678", NOTHING_SHOWN, id="phone number"),
        pytest.param("A323456789", NOTHING_SHOWN, id="not of ID shape"),
        pytest.param("A12345\n10:07:37 第1筆", NOTHING_SHOWN, id="a forged log line"),
        pytest.param("", NOTHING_SHOWN, id="empty"),
    ],
)
def test_the_log_shows_the_first_six_characters_of_an_id_and_nothing_of_anything_else(
    text: str, masked: str
) -> None:
    assert mask_id(text) == masked


@given(touched(PERSON_IDS))
def test_a_mask_is_ten_characters_and_ends_in_stars(text: str) -> None:
    assert len(mask_id(text)) == 10
    assert mask_id(text).endswith("****")


def test_a_personal_id_prints_masked_in_every_way() -> None:
    person = PersonalId("A123456789")
    shown = [str(person), repr(person), f"{person}", "%s" % person, repr([person]), repr({"id": person})]  # noqa: UP031
    assert all("A12345****" in text and "A123456789" not in text for text in shown)
    assert person.reveal() == "A123456789"


def test_a_personal_id_is_a_value_that_stays_as_and_where_it_is() -> None:
    person = PersonalId("A123456789")
    assert person == PersonalId("A123456789")
    assert person != PersonalId("A123456780")
    assert person != "A123456789"
    assert len({person, PersonalId("A123456789")}) == 1
    assert copy.deepcopy(person) is copy.copy(person) is person
    with pytest.raises(AttributeError):
        person._text = "B123456780"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del person._text
    with pytest.raises(TypeError, match="not to be pickled"):
        pickle.dumps(person)


@given(st.text(max_size=40) | touched(PERSON_IDS))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = cell_text.clean(text)
    assert cell_text.clean(once.value) == (once.value, ())
    assert once.value == once.value.strip(characters.BLANKS)


def test_a_very_long_cell_is_only_stripped() -> None:
    assert cell_text.clean(" '" + "Ａ" * 1000) == ("'" + "Ａ" * 1000, ("spaces",))


def test_nested_guards_all_go() -> None:
    assert cell_text.clean("'=\"'A123456789\"").value == "A123456789"
    assert person_id.check('="="A123456789""').fault is None
