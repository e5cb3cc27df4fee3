"""Our mailbox on real IMAP servers: Dovecot (with TLS too) and pymap."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import imap_tools
import pytest

from pipeline.bulk.intake.mailbox import Mailbox, mailbox_url
from pipeline.errors import MachineUnusable
from tests.imap_server import ImapServer, free_port

MAIL = b"From: hr@example.com\r\nSubject: %d\r\n\r\nbody %d\r\n"


def _mail(number: int) -> bytes:
    return MAIL % (number, number)


@pytest.fixture(params=["imap_server", "pymap_server"])
def server(request: pytest.FixtureRequest) -> ImapServer:
    """Each fact once on each server."""
    made: ImapServer = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def url(server: ImapServer) -> str:
    """A mailbox with three mails."""
    made = server.mailbox("intake")
    for number in (1, 2, 3):
        server.deliver(made, _mail(number), datetime(2026, 11, number, 23, 30, tzinfo=UTC))
    return made


def _uids(mailbox: Mailbox) -> list[int]:
    return [mail.uid for mail in mailbox.listed()]


def test_every_mail_is_listed_with_its_size_and_the_moment_it_came(url: str) -> None:
    with Mailbox(url) as mailbox:
        listed = mailbox.listed()
    assert [mail.size for mail in listed] == [len(_mail(number)) for number in (1, 2, 3)]
    assert [mail.received_at for mail in listed] == [
        datetime(2026, 11, number, 23, 30, tzinfo=UTC) for number in (1, 2, 3)
    ]


def test_a_moment_in_another_zone_is_the_same_moment(server: ImapServer) -> None:
    made = server.mailbox("intake")
    moment = datetime(2026, 11, 1, 7, 5, tzinfo=timezone(timedelta(hours=8)))
    server.deliver(made, _mail(1), moment)
    with Mailbox(made) as mailbox:
        (mail,) = mailbox.listed()
    assert mail.received_at == moment


def test_an_empty_mailbox_lists_nothing(server: ImapServer) -> None:
    with Mailbox(server.mailbox("intake")) as mailbox:
        assert mailbox.listed() == []
        assert list(mailbox.fetch([])) == []


def test_several_mails_come_with_one_command_and_one_that_is_gone_is_missing(url: str) -> None:
    with Mailbox(url) as mailbox:
        first, second, third = _uids(mailbox)
        fetched = dict(mailbox.fetch([third, first, second, third + 100]))
    assert fetched == {first: _mail(1), second: _mail(2), third: _mail(3)}


def test_only_the_headers_of_a_mail_can_be_fetched(url: str) -> None:
    with Mailbox(url) as mailbox:
        first, *_ = _uids(mailbox)
        assert mailbox.fetch_head(first) == b"From: hr@example.com\r\nSubject: 1\r\n\r\n"
        assert mailbox.fetch_head(first + 100) == b""


def test_reading_marks_nothing_as_seen(url: str) -> None:
    with Mailbox(url) as mailbox:
        uids = _uids(mailbox)
        assert len(list(mailbox.fetch(uids))) == 3
        mailbox.fetch_head(uids[0])
    assert [flag for flags in _flags(url) for flag in flags if flag.lower() == "\\seen"] == []


def test_a_mail_marked_as_deleted_is_not_listed(url: str) -> None:
    with _box(url) as box:
        box.client.uid("STORE", box.uids(charset=None)[0], "+FLAGS", r"(\Deleted)")
    with Mailbox(url) as mailbox:
        assert len(mailbox.listed()) == 2


@pytest.mark.parametrize("folder", ["Processed", "已處理 & Co"])
def test_moved_mails_lie_whole_in_the_folder_which_is_made(server: ImapServer, url: str, folder: str) -> None:
    with Mailbox(url) as mailbox:
        first, second, third = _uids(mailbox)
        mailbox.move([first, third], folder)
        assert _uids(mailbox) == [second]
    assert server.folder(url, folder) == [_mail(1), _mail(3)]


def test_moving_what_is_gone_is_no_fault(server: ImapServer, url: str) -> None:
    with Mailbox(url) as mailbox:
        uids = _uids(mailbox)
        mailbox.move(uids, "Processed")
        mailbox.move(uids, "Processed")
        mailbox.move([], "Rejected")
        assert mailbox.listed() == []
    assert len(server.folder(url, "Processed")) == 3
    assert not server.folder(url, "Rejected")


def test_many_mails_move_at_once(server: ImapServer) -> None:
    made = server.mailbox("intake")
    for number in range(10):
        server.deliver(made, _mail(number))
    with Mailbox(made) as mailbox:
        mailbox.move([*_uids(mailbox), *range(1_000_000, 1_001_000)], "Processed")
        assert mailbox.listed() == []
    assert len(server.folder(made, "Processed")) == 10


def test_a_purge_deletes_by_the_day_a_mail_came_and_leaves_the_inbox(server: ImapServer, url: str) -> None:
    with Mailbox(url) as mailbox:
        assert mailbox.purge("Processed", date(2030, 1, 1)) == 0
        mailbox.move(_uids(mailbox), "Processed")
        server.deliver(url, _mail(4), datetime(2026, 10, 1, tzinfo=UTC))
        assert mailbox.purge("Processed", date(2026, 11, 3)) == 2
        assert len(mailbox.listed()) == 1
    assert server.folder(url, "Processed") == [_mail(3)]


def test_the_same_mailbox_has_the_same_uid_validity_every_time(url: str) -> None:
    seen = set()
    for _ in range(2):
        with Mailbox(url) as mailbox:
            seen.add(mailbox.uidvalidity)
    assert len(seen) == 1
    assert seen.pop() > 0


def test_a_wrong_password_is_told_without_it(url: str) -> None:
    wrong = url.replace(url.rpartition("@")[0].rpartition(":")[2], "hush-hush")
    with pytest.raises(MachineUnusable) as refused, Mailbox(wrong):
        pass
    assert "sign in" in str(refused.value)
    assert "hush" not in str(refused.value)
    assert "intake" not in str(refused.value)


def test_a_folder_that_is_not_there_is_told(url: str) -> None:
    with pytest.raises(MachineUnusable, match="open folder"), Mailbox(url.replace("INBOX", "Elsewhere")):
        pass


# TLS from the first byte only Dovecot has; pymap knows STARTTLS, which we do not use.


def test_a_trusted_server_is_spoken_to_over_tls(
    imap_server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _needs_tls(imap_server)
    made = imap_server.mailbox("intake", tls=True)
    imap_server.deliver(made, _mail(1))
    monkeypatch.setenv("SSL_CERT_FILE", str(imap_server.certificate))
    with Mailbox(made) as mailbox:
        (uid,) = _uids(mailbox)
        assert list(mailbox.fetch([uid])) == [(uid, _mail(1))]


def test_an_untrusted_certificate_ends_it(imap_server: ImapServer) -> None:
    _needs_tls(imap_server)
    made = imap_server.mailbox("intake", tls=True)
    with pytest.raises(MachineUnusable, match="CERTIFICATE_VERIFY_FAILED"), Mailbox(made):
        pass


def test_a_certificate_for_another_host_ends_it(
    imap_server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _needs_tls(imap_server)
    monkeypatch.setenv("SSL_CERT_FILE", str(imap_server.certificate))
    made = imap_server.mailbox("intake", tls=True).replace("127.0.0.1", "localhost")
    with pytest.raises(MachineUnusable, match="CERTIFICATE_VERIFY_FAILED"), Mailbox(made):
        pass


def test_clear_text_where_tls_is_expected_ends_it(imap_server: ImapServer) -> None:
    made = imap_server.mailbox("intake").replace("imap://", "imaps://")
    with pytest.raises(MachineUnusable, match="connect"), Mailbox(made):
        pass


def test_nobody_at_home_is_told() -> None:
    with pytest.raises(MachineUnusable, match="ConnectionRefusedError"), Mailbox(_local_url(free_port())):
        pass


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_silent_server_is_left_after_the_timeout(silent_port: int) -> None:
    with pytest.raises(MachineUnusable, match="connect"), Mailbox(_local_url(silent_port), timeout=0.2):
        pass


@pytest.mark.parametrize(
    "greeting",
    [
        pytest.param(b"* BYE too many connections\r\n", id="bye"),
        pytest.param(b"220 mail.example.com ESMTP\r\n", id="another protocol"),
        pytest.param(b"\xff\xfe\x00" * 100 + b"\r\n", id="noise"),
        pytest.param(b"", id="hangs up"),
        pytest.param(b"* OK hello\r\n", id="hangs up after the greeting"),
    ],
)
def test_a_server_that_speaks_otherwise_is_a_machine_that_cannot_be_used(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server, greeting)).start()
        with (
            pytest.raises(MachineUnusable, match="mailbox, connect"),
            Mailbox(_local_url(server.getsockname()[1])),
        ):
            pass


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("imap.example.com", id="a host alone"),
        pytest.param("https://in:hush@imap.example.com/INBOX", id="another scheme"),
        pytest.param("imaps://in@imap.example.com/INBOX", id="no password"),
        pytest.param("imaps://in:hush@/INBOX", id="no host"),
        pytest.param("imaps://in:hush@imap.example.com:port/INBOX", id="a port that is no number"),
        pytest.param("imaps://in:hush@imap.example.com:99999/INBOX", id="a port beyond the last"),
        pytest.param("imaps://in:hush@[imap/INBOX", id="a bracket that does not close"),
        pytest.param("imaps://in:hush%FF@imap.example.com/INBOX", id="bytes that are no UTF-8"),
        pytest.param("imaps://in:hush%0D%0Aa@imap.example.com/INBOX", id="a line end in the password"),
        pytest.param("imap://in:hush@imap.example.com/INBOX", id="clear text over the network"),
    ],
)
def test_a_url_that_does_not_fit_is_refused_by_its_settings_name_only(text: str) -> None:
    with pytest.raises(MachineUnusable, match=r"\ANHICARD_IMAP_URL ") as refused:
        mailbox_url(text)
    told = str(refused.value)
    assert "hush" not in told
    assert "imap.example.com" not in told


@pytest.mark.parametrize(
    ("text", "port", "folder"),
    [
        pytest.param("imaps://in%40nhi:p%40ss@imap.example.com", 993, "INBOX", id="no folder"),
        pytest.param("imaps://in%40nhi:p%40ss@imap.example.com:1993/", 1993, "INBOX", id="a slash alone"),
        pytest.param("imaps://in%40nhi:p%40ss@imap.example.com/%E6%94%B6%E4%BB%B6", 993, "收件", id="CJK"),
        pytest.param("imap://in%40nhi:p%40ss@localhost/INBOX/a", 143, "INBOX/a", id="clear text, loopback"),
        pytest.param("imap://in%40nhi:p%40ss@[::1]/INBOX", 143, "INBOX", id="IPv6 loopback"),
    ],
)
def test_the_parts_of_a_url(text: str, port: int, folder: str) -> None:
    parts = mailbox_url(text)
    assert (parts.user, parts.password, parts.port, parts.folder) == ("in@nhi", "p@ss", port, folder)
    assert "p@ss" not in repr(parts)
    assert "p@ss" not in Mailbox(text).name


def _local_url(port: int) -> str:
    return f"imap://in:hush@127.0.0.1:{port}/INBOX"


def _needs_tls(server: ImapServer) -> None:
    if server.kind != "dovecot":  # with CI=true there is no other
        pytest.skip("pymap has no TLS from the first byte: install dovecot-imapd")


def _box(url: str) -> imap_tools.BaseMailBox:
    parts = mailbox_url(url)
    box = imap_tools.MailBoxUnencrypted(parts.host, parts.port)
    return box.login_utf8(parts.user, parts.password, parts.folder)


def _flags(url: str) -> list[tuple[str, ...]]:
    with _box(url) as box:
        return [mail.flags for mail in box.fetch(charset=None, mark_seen=False)]


def _greet(server: socket.socket, greeting: bytes) -> None:
    caller, _ = server.accept()
    with caller:
        caller.sendall(greeting)
