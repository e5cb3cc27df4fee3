"""The mailbox as the doctor meets it: real servers, no mail read."""

from __future__ import annotations

import pytest

from pipeline.doctor.mailbox import mailbox_answers
from pipeline.finding import Finding
from pipeline.settings import Settings
from tests.imap_server import ImapServer, free_port
from tests.pipeline.doctor.conftest import MakeSettings


def _row(settings: Settings) -> Finding:
    return next(iter(mailbox_answers(settings)))


def test_without_a_mailbox_all_is_fine(settings: MakeSettings) -> None:
    (row,) = mailbox_answers(settings())
    assert (row.is_fine, row.current) == (True, "not set: files come by the drop folder only")


def test_a_mailbox_that_answers_gets_its_two_folders(settings: MakeSettings, imap_server: ImapServer) -> None:
    url = imap_server.mailbox("doctor")
    imap_server.deliver(url, b"Subject: a\r\n\r\n")
    for _ in range(2):
        row = _row(settings(imap_url=url))
        assert (row.is_fine, row.current) == (True, "answers not encrypted, on this machine, 1 mails wait")
    assert len(imap_server.folder(url, "INBOX")) == 1
    assert imap_server.has_folder(url, "Processed")
    assert imap_server.has_folder(url, "Rejected")


def test_a_trusted_server_is_told_with_its_encryption(
    settings: MakeSettings,
    imap_server: ImapServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if imap_server.kind != "dovecot":  # with CI=true there is no other
        pytest.skip("pymap has no TLS from the first byte: install dovecot-imapd")
    monkeypatch.setenv("SSL_CERT_FILE", str(imap_server.certificate))
    row = _row(settings(imap_url=imap_server.mailbox("doctor", tls=True)))
    assert (row.is_fine, row.current) == (True, "answers over TLS, 0 mails wait")


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        pytest.param("imap://", "imaps://", "encryption failed", id="TLS on the port without"),
        pytest.param("INBOX", "Elsewhere", "no such folder", id="no such folder"),
        pytest.param("@127.0.0.1", "x@127.0.0.1", "refuses the sign-in", id="a wrong password"),
        pytest.param("@127.0.0.1", "@imap.example.com", "special characters as %XX", id="no TLS, far away"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(
    settings: MakeSettings, imap_server: ImapServer, old: str, new: str, advice: str
) -> None:
    url = imap_server.mailbox("doctor")
    row = _row(settings(imap_url=url.replace(old, new)))
    assert not row.is_fine
    assert advice in row.how_to_fix
    assert url.rpartition("@")[0].rpartition(":")[2] not in str(row.as_dict())


def test_nobody_at_home_is_told_with_the_setting_to_look_at(settings: MakeSettings) -> None:
    row = _row(settings(imap_url=f"imap://in:hush@127.0.0.1:{free_port()}/INBOX"))
    assert not row.is_fine
    assert "nothing listens there" in row.how_to_fix
    assert "hush" not in str(row.as_dict())


@pytest.mark.parametrize(("authserv_id", "is_fine"), [("", False), ("mx.nhi.example.com", True)])
def test_a_mailbox_needs_somebody_who_says_which_senders_are_real(
    settings: MakeSettings, authserv_id: str, is_fine: bool
) -> None:
    url = f"imap://in:hush@127.0.0.1:{free_port()}/INBOX"
    row = list(mailbox_answers(settings(imap_url=url, authserv_id=authserv_id)))[-1]
    assert row.is_fine is is_fine
    assert ("NHICARD_AUTHSERV_ID" in row.how_to_fix) is not is_fine
