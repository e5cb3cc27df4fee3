from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from tests.validators import vector_file
from tests.validators.made_up import EMAILS, touched
from validators import email_address


@pytest.mark.parametrize(
    "row", vector_file.read("email_vectors.csv"), ids=lambda row: f"{row['valid']}-{row['address'][:40]!r}"
)
def test_check_agrees_with_the_vectors(row: dict[str, str]) -> None:
    fault = email_address.check(row["address"]).fault
    assert (fault is None) is (row["valid"] in ("true", "strip_then_true"))


@pytest.mark.parametrize(
    ("text", "value", "repairs"),
    [
        pytest.param("Wang@Example.COM", "Wang@example.com", (), id="capitals in the domain"),
        pytest.param(" wang@example.com\u3000", "wang@example.com", (), id="outer blanks are silent"),
        pytest.param("wang＠example.com", "wang@example.com", ("full_width",), id="full-width @"),
        pytest.param(
            "ｗａｎｇ@example．com", "wang@example.com", ("full_width",), id="full-width letters and dot"
        ),
        pytest.param("'wang@example.com", "wang@example.com", ("quotes",), id="text guard"),
        pytest.param('="wang@example.com"', "wang@example.com", ("quotes",), id="formula guard"),
        pytest.param("info@例え.テスト", "info@xn--r8jz45g.xn--zckzah", (), id="IDN in its envelope form"),
        pytest.param("INFO@example.com", "info@example.com", (), id="a mailbox name of RFC 2142"),
    ],
)
def test_accepted_forms_come_out_ready_for_an_envelope(
    text: str, value: str, repairs: tuple[str, ...]
) -> None:
    assert email_address.check(text) == (value, None, repairs)
    assert value.isascii()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("", "EMAIL_MISSING", id="empty"),
        pytest.param("\ufeff ", "EMAIL_MISSING", id="only blanks"),
        pytest.param("wang @example.com", "EMAIL_FORMAT", id="space inside"),
        pytest.param("wa\u200bng@example.com", "EMAIL_FORMAT", id="zero-width space inside"),
        pytest.param("王大明 <wang@example.com>", "EMAIL_FORMAT", id="display name"),
        pytest.param("wang@example.com;lin@example.com", "EMAIL_FORMAT", id="two addresses"),
        pytest.param("wang@example.com,", "EMAIL_FORMAT", id="trailing comma"),
        pytest.param("wang@example.com.", "EMAIL_FORMAT", id="trailing dot"),
        pytest.param('"wang"@example.com', "EMAIL_FORMAT", id="quoted local part"),
        pytest.param("wang@[192.0.2.1]", "EMAIL_FORMAT", id="IP literal"),
        pytest.param("王大明@example.com", "EMAIL_FORMAT", id="local part that needs SMTPUTF8"),
        pytest.param("wang@example", "EMAIL_FORMAT", id="no dot in the domain"),
        pytest.param("wang@example.com\nBcc: lin@example.com", "EMAIL_FORMAT", id="a header to smuggle in"),
        pytest.param("w" * 65 + "@example.com", "EMAIL_FORMAT", id="local part of 65"),
        pytest.param("w" * 1_000_000 + "@example.com", "EMAIL_FORMAT", id="a megabyte"),
        pytest.param("wang@exam\ufffdple.com", "EMAIL_FORMAT", id="an undecodable character"),
    ],
)
def test_refused_forms_have_a_code_and_no_repairs(text: str, fault: str) -> None:
    verdict = email_address.check(text)
    assert (verdict.fault, verdict.repairs) == (fault, ())


@given(st.text(max_size=30) | EMAILS)
@example("a@" + "b" * 63 + ".com")
@example("a@" + "b" * 64 + ".com")
@example("a@" + "b." * 125 + "com")
def test_strict_validation_is_the_library(text: str) -> None:
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
        fault = None
    except EmailNotValidError:
        fault = "EMAIL_FORMAT"
    assert email_address.fault(text) == (fault if text else "EMAIL_MISSING")


@given(touched(EMAILS))
def test_checking_a_good_address_twice_is_checking_it_once(text: str) -> None:
    value, fault, _ = email_address.check(text)
    if fault is None:
        assert email_address.check(value) == (value, None, ())


@pytest.mark.parametrize("domain", ["gmial.com", "gmail.con", "yahoo.com.te", "example.cmo"])
def test_a_typing_slip_that_is_a_valid_address_is_accepted_and_noticed(domain: str) -> None:
    assert email_address.check(f"wang@{domain}").fault is None
    assert email_address.is_likely_typo(f"wang@{domain}")


@pytest.mark.parametrize(
    "domain", ["gmail.com", "mygmial.com", "example.com", "yahoo.com.tw", "con.example.com"]
)
def test_other_domains_are_no_typing_slips(domain: str) -> None:
    assert not email_address.is_likely_typo(f"wang@{domain}")
