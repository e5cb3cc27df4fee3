"""The mail server as the doctor meets it: real servers, no mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.doctor.mail_server import mail_server_answers
from pipeline.finding import Finding
from pipeline.settings import Settings
from tests.mailers.conftest import Caught
from tests.pipeline.doctor.conftest import MakeSettings


def _row(settings: Settings) -> Finding:
    (row,) = mail_server_answers(settings)
    return row


def test_a_catcher_on_this_machine_answers_and_gets_no_mail(settings: MakeSettings, catcher: Caught) -> None:
    row = _row(settings(smtp_port=catcher.port, smtp_tls="none"))
    assert (row.is_fine, row.current) == (True, "answers, not encrypted")
    assert catcher.mails == []


@pytest.mark.parametrize("tls", ["required", "implicit"])
def test_a_trusted_server_is_told_with_its_encryption(
    settings: MakeSettings,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    certificate: tuple[Path, Path],
    tls: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    server = request.getfixturevalue("tls_catcher" if tls == "required" else "implicit_tls_catcher")
    row = _row(settings(smtp_port=server.port, smtp_tls=tls))
    assert (row.is_fine, row.current) == (True, "answers, TLSv1.3")


def test_an_untrusted_certificate_is_not_accepted(settings: MakeSettings, tls_catcher: Caught) -> None:
    row = _row(settings(smtp_port=tls_catcher.port))
    assert not row.is_fine
    assert "not trusted" in row.how_to_fix


def test_a_server_without_starttls_is_not_fine(settings: MakeSettings, catcher: Caught) -> None:
    row = _row(settings(smtp_port=catcher.port))
    assert not row.is_fine
    assert "offers no STARTTLS" in row.how_to_fix


def test_clear_text_where_tls_is_expected_is_not_fine(settings: MakeSettings, catcher: Caught) -> None:
    row = _row(settings(smtp_port=catcher.port, smtp_tls="implicit"))
    assert not row.is_fine
    assert "NHICARD_SMTP_TLS" in row.how_to_fix


def test_a_sign_in_that_the_server_does_not_offer_is_not_fine(
    settings: MakeSettings,
    tls_catcher: Caught,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    row = _row(settings(smtp_port=tls_catcher.port, smtp_user="clerk", smtp_password="hush"))
    assert not row.is_fine
    assert "hush" not in str(row.as_dict())


def test_nobody_at_home_is_told_with_the_settings_to_look_at(settings: MakeSettings) -> None:
    row = _row(settings(smtp_port=1))
    assert not row.is_fine
    assert "NHICARD_SMTP_HOST and NHICARD_SMTP_PORT" in row.how_to_fix


def test_a_password_without_tls_is_refused_before_anything_is_sent(
    settings: MakeSettings, catcher: Caught
) -> None:
    row = _row(settings(smtp_port=catcher.port, smtp_tls="none", smtp_user="clerk"))
    assert (row.is_fine, row.how_to_fix) == (False, "set NHICARD_SMTP_TLS=required or implicit")
