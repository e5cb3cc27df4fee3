"""What may be a password."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.accounts.rules.password import fault, normalize

BORN = date(1990, 3, 14)
PERSONAL = ("000070000013", "A123456789", "lin.yian@example.com", "lin.yian", "0912345678")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        pytest.param("seven 7", "PASSWORD_SHORT", id="7"),
        pytest.param("eight 88", None, id="8"),
        pytest.param("quiet river stones keep " * 2 + "the rain in june", None, id="64"),
        pytest.param("quiet river stones keep " * 2 + "the rain in junes", "PASSWORD_LONG", id="65"),
        pytest.param("tea\x07pot 77", "PASSWORD_CHARACTERS", id="control character"),
        pytest.param("tea\ud800pot 77", "PASSWORD_CHARACTERS", id="half a character"),
        pytest.param("000070000013", "PASSWORD_PERSONAL", id="card number"),
        pytest.param("a123456789", "PASSWORD_PERSONAL", id="ID in lower case"),
        pytest.param("A123456789!x", "PASSWORD_PERSONAL", id="ID and a little"),
        pytest.param("19900314", "PASSWORD_PERSONAL", id="birth date"),
        pytest.param("1990-03-14", "PASSWORD_PERSONAL", id="birth date with hyphens"),
        pytest.param("0790314a", "PASSWORD_PERSONAL", id="ROC birth date"),
        pytest.param("lin900314", "PASSWORD_PERSONAL", id="birth date and a name"),
        pytest.param("lin.yian1", "PASSWORD_PERSONAL", id="name of the mailbox"),
        pytest.param("0912-345-678", "PASSWORD_PERSONAL", id="phone"),
        pytest.param("password", "PASSWORD_COMMON", id="password"),
        pytest.param("P@ssw0rd", "PASSWORD_COMMON", id="in disguise"),
        pytest.param("Taiwan2026!", "PASSWORD_COMMON", id="a word and a year"),
        pytest.param("12345678", "PASSWORD_COMMON", id="digits in a row"),
        pytest.param("98765432", "PASSWORD_COMMON", id="back"),
        pytest.param("qwertyuiop", "PASSWORD_COMMON", id="a row of keys"),
        pytest.param("1qaz2wsx", "PASSWORD_COMMON", id="columns of keys"),
        pytest.param("aaaaaaaa", "PASSWORD_COMMON", id="one character"),
        pytest.param("!!!!!!!!", "PASSWORD_COMMON", id="one mark"),
        pytest.param("abcabcabc", "PASSWORD_COMMON", id="over and over"),
        pytest.param("ji32k7au4a83", "PASSWORD_COMMON", id="我的密碼 on a Chinese keyboard"),
        pytest.param("correct horse battery", None, id="a phrase"),
        pytest.param("雨後的山很安靜喔", None, id="Chinese"),
        pytest.param("@#$%^&*(", None, id="only marks"),
        pytest.param("kV9mQ2xL", None, id="random"),
    ],
)
def test_a_password_is_judged(password: str, code: str | None) -> None:
    assert fault(normalize(password), birth_date=BORN, personal=PERSONAL) == code


def test_short_or_missing_facts_forbid_nothing() -> None:
    assert fault("shallow teapot", birth_date=BORN, personal=("", "te", "pot")) is None
