"""What an installation chooses: each choice beside the place where it would be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.doctor.installation import choices
from pipeline.finding import Finding
from tests.pipeline.doctor.conftest import MakeSettings

POSTGRESQL = "postgresql://clerk:hush@db.nhi.gov.tw/nhicard"
FAR = {"smtp_host": "mail.nhi.gov.tw"}


def _row(settings: MakeSettings, word: str, **chosen: Any) -> Finding:
    return next(found for found in choices(settings(**chosen)) if word in found.item)


@pytest.mark.parametrize(
    ("item", "chosen"),
    [
        pytest.param("Secret key", {}, id="the secret of one machine is made there"),
        pytest.param("Secret key", {"secret_key": "k" * 64, "database_url": POSTGRESQL}, id="a long secret"),
        pytest.param("Portal URL", {}, id="http on this machine"),
        pytest.param("Portal URL", {"portal_url": "http://[::1]:8400"}, id="http on this machine, IPv6"),
        pytest.param("Portal URL", {"portal_url": "https://card.nhi.gov.tw/x"}, id="https"),
        pytest.param("Mail encryption", {"smtp_tls": "none"}, id="a catcher on this machine"),
        pytest.param("Mail encryption", FAR, id="STARTTLS or nothing"),
        pytest.param("Mail encryption", FAR | {"smtp_tls": "implicit"}, id="TLS from the first byte"),
        pytest.param("Mail sender", {}, id="a made-up sender on this machine"),
        pytest.param("Mail sender", FAR | {"mail_from": "健保署 <card@nhi.gov.tw>"}, id="a real sender"),
        pytest.param("Reply address", FAR | {"reply_to": "ask@nhi.gov.tw"}, id="a real reply address"),
        pytest.param("Operators' mail", {"staff_mail": "ops@example.com"}, id="operators are told"),
    ],
)
def test_a_fitting_choice_is_fine_and_needs_no_advice(
    settings: MakeSettings, item: str, chosen: dict[str, Any]
) -> None:
    row = _row(settings, item, **chosen)
    assert (row.is_fine, row.how_to_fix) == (True, "")


@pytest.mark.parametrize(
    ("item", "chosen", "advice"),
    [
        pytest.param(
            "Secret key", {"database_url": POSTGRESQL}, "NHICARD_SECRET_KEY", id="production without a secret"
        ),
        pytest.param("Secret key", {"secret_key": "hush"}, "openssl rand", id="a short secret"),
        pytest.param("Portal URL", {"portal_url": "http://card.nhi.gov.tw"}, "https", id="http outside"),
        pytest.param("Portal URL", {"portal_url": "card.nhi.gov.tw"}, "https", id="no scheme"),
        pytest.param("Portal URL", {"portal_url": "https://[card"}, "https", id="no web address"),
        pytest.param("Portal URL", {"portal_url": "https://card:hush"}, "https", id="no port number"),
        pytest.param("Mail encryption", FAR | {"smtp_tls": "none"}, "587", id="clear text over the net"),
        pytest.param("Mail sender", FAR, "NHICARD_MAIL_FROM", id="a made-up sender over the net"),
        pytest.param("Mail sender", {"mail_from": "somebody"}, "NHICARD_MAIL_FROM", id="no sender"),
        pytest.param("Reply address", {"reply_to": "a@b@c"}, "NHICARD_REPLY_TO", id="no reply address"),
        pytest.param("Operators' mail", {}, "NHICARD_STAFF_MAIL", id="operators are not told"),
        pytest.param("Operators' mail", {"staff_mail": "ops"}, "NHICARD_STAFF_MAIL", id="no address"),
    ],
)
def test_a_choice_that_does_not_fit_says_what_to_set(
    settings: MakeSettings, item: str, chosen: dict[str, Any], advice: str
) -> None:
    row = _row(settings, item, **chosen)
    assert not row.is_fine
    assert advice in row.how_to_fix


def test_no_secret_stands_in_any_row(settings: MakeSettings) -> None:
    rows = choices(
        settings(
            secret_key="hush",
            smtp_password="hush",
            database_url=POSTGRESQL,
            portal_url="http://clerk:hush@card.nhi.gov.tw",
        )
    )
    assert "hush" not in str([row.as_dict() for row in rows])
