from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from tests.validators import vector_file
from tests.validators.made_up import PHONES, touched
from validators import phone

ACCEPTED = {"true": False, "repair": True, "true_suspicious": False}  # whether the vector says "repaired"


@pytest.mark.parametrize(
    "row",
    vector_file.read("phone_vectors.csv"),
    ids=lambda row: f"{row['proposed']}-{row['number'] or 'empty'}",
)
def test_check_agrees_with_the_vectors(row: dict[str, str]) -> None:
    value, fault, repairs = phone.check(row["number"])
    assert (fault is None) is (row["proposed"] in ACCEPTED)
    if fault is None:
        assert bool(repairs) is ACCEPTED[row["proposed"]]
        assert row["e164"] in ("", "+886" + value[1:])


@pytest.mark.parametrize(
    ("text", "value", "repairs"),
    [
        pytest.param("912345678", "0912345678", ("lost_zero",), id="zero eaten"),
        pytest.param("912345678.0", "0912345678", ("lost_zero", "decimal"), id="zero eaten, decimal"),
        pytest.param("223456789", "0223456789", ("lost_zero",), id="zero of a landline eaten"),
        pytest.param("7010123456", "07010123456", ("lost_zero",), id="zero of a 070 number eaten"),
        pytest.param(
            "９１２３４５６７８", "0912345678", ("lost_zero", "full_width"), id="full-width, zero eaten"
        ),
        pytest.param("'0912345678'", "0912345678", ("quotes",), id="in single quotes"),
        pytest.param('"0912345678"', "0912345678", ("quotes",), id="in double quotes"),
        pytest.param('="0912345678"', "0912345678", ("quotes",), id="formula guard"),
        pytest.param(
            "\u202d0912345678\u202c", "0912345678", ("spaces",), id="direction marks of an address book"
        ),
        pytest.param("0912\u200b345678", "0912345678", ("spaces",), id="zero-width space inside"),
        pytest.param("886912345678", "0912345678", ("country_code",), id="886"),
        pytest.param("00886912345678", "0912345678", ("country_code",), id="00886"),
        pytest.param("002886912345678", "0912345678", ("country_code",), id="002886"),
        pytest.param("+886-0912345678", "0912345678", ("country_code",), id="+886 and the zero"),
        pytest.param("0912—345—678", "0912345678", ("hyphen",), id="odd dashes"),
        pytest.param("02-23456789 分機 12", "0223456789#12", ("extension",), id="分機"),
        pytest.param("02-23456789轉分機12", "0223456789#12", ("extension",), id="轉分機"),
        pytest.param("02-23456789 EXT:12", "0223456789#12", ("extension",), id="EXT:"),
        pytest.param("02-2345/6789", "0223456789", ("slash",), id="slash inside one number"),
        pytest.param("0912345678/0912345678", "0912345678", ("slash",), id="the same number twice"),
        pytest.param("+886 912 345 678", "0912345678", (), id="+886 is silent"),
        pytest.param("(02) 2345-6789", "0223456789", (), id="brackets, hyphens and spaces are silent"),
        pytest.param("02.2345.6789", "0223456789", (), id="dots between groups are silent"),
        pytest.param("0990123456", "0990123456", (), id="099 personal number"),
    ],
)
def test_accepted_forms_come_out_alike(text: str, value: str, repairs: tuple[str, ...]) -> None:
    assert phone.check(text) == (value, None, repairs)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("", "PHONE_MISSING", id="empty"),
        pytest.param(" \u200b", "PHONE_MISSING", id="only blanks"),
        pytest.param("9.12E+08", "PHONE_DIGITS_LOST", id="scientific"),
        pytest.param("９．１２Ｅ＋０８", "PHONE_DIGITS_LOST", id="full-width scientific"),
        pytest.param("9E8", "PHONE_DIGITS_LOST", id="short scientific"),
        pytest.param("0-912345678", "PHONE_FORMAT", id="a lone 0-"),
        pytest.param("(0)-912345678", "PHONE_FORMAT", id="a lone (0)-"),
        pytest.param("91234567.8", "PHONE_FORMAT", id="a true decimal"),
        pytest.param("-912345678", "PHONE_FORMAT", id="a negative number"),
        pytest.param("33456789", "PHONE_FORMAT", id="eight digits: no area code or no zero"),
        pytest.param("0912345678/0922345678", "PHONE_FORMAT", id="two numbers"),
        pytest.param("02-23456789/90", "PHONE_FORMAT", id="a range of numbers"),
        pytest.param("0912345678\n0922345678", "PHONE_FORMAT", id="two lines"),
        pytest.param("0912345678#1", "PHONE_FORMAT", id="extension on a mobile"),
        pytest.param("07010123456#1", "PHONE_FORMAT", id="extension on a 070 number"),
        pytest.param("02-23456789#", "PHONE_FORMAT", id="an empty extension"),
        pytest.param("02-23456789#1234567890", "PHONE_FORMAT", id="ten digits of extension"),
        pytest.param("02-23456789#12#3", "PHONE_FORMAT", id="two extensions"),
        pytest.param("0800030598", "PHONE_FORMAT", id="toll-free"),
        pytest.param("+85291234567", "PHONE_FORMAT", id="foreign"),
        pytest.param("0400010123", "PHONE_FORMAT", id="a library mobile not beginning 09"),
        pytest.param("O912345678", "PHONE_FORMAT", id="letter O"),
        pytest.param("１" * 600, "PHONE_FORMAT", id="hundreds of digits"),
    ],
)
def test_refused_forms_have_a_code_and_no_repairs(text: str, fault: str) -> None:
    verdict = phone.check(text)
    assert (verdict.fault, verdict.repairs) == (fault, ())


def test_strict_validation_takes_the_normalised_form_only() -> None:
    assert phone.fault("0912345678") is None
    assert phone.fault("0912-345-678") == "PHONE_FORMAT"
    assert phone.fault("+886912345678") == "PHONE_FORMAT"


@given(touched(PHONES))
def test_normalising_a_good_number_twice_is_normalising_it_once(text: str) -> None:
    value, fault, _ = phone.check(text)
    if fault is None:
        assert phone.check(value) == (value, None, ())


@given(st.from_regex(r"0[0-9]{6,12}(#[0-9]{1,10})?", fullmatch=True) | PHONES)
def test_an_accepted_number_is_one_the_library_calls_an_accepted_kind(text: str) -> None:
    value, fault, _ = phone.check(text)
    if fault is None:
        number = phonenumbers.parse(value, "TW")
        assert phonenumbers.is_valid_number_for_region(number, "TW")
        kinds = {PhoneNumberType.FIXED_LINE}
        if not number.extension:
            kinds |= {PhoneNumberType.MOBILE, PhoneNumberType.PERSONAL_NUMBER, PhoneNumberType.VOIP}
        assert phonenumbers.number_type(number) in kinds


@given(st.from_regex(r"0[2-9][0-9]{6,10}", fullmatch=True))
def test_a_plain_number_is_accepted_exactly_when_its_kind_is(text: str) -> None:
    kind = phonenumbers.number_type(phonenumbers.parse(text, "TW"))
    kinds = (PhoneNumberType.FIXED_LINE, PhoneNumberType.PERSONAL_NUMBER, PhoneNumberType.VOIP)
    is_mobile = kind == PhoneNumberType.MOBILE and text.startswith("09")
    assert (phone.check(text).fault is None) is (kind in kinds or is_mobile)
