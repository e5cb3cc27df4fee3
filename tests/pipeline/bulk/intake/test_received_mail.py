"""What a mail says, whatever program wrote it."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from pipeline.bulk.intake.received_mail import read_headers
from tests.pipeline.bulk.intake.made_mail import HEAD, NAME, ROWS, attached, mixed, part_of, read, told


def test_a_common_mail_tells_its_file_its_text_and_its_id() -> None:
    message = EmailMessage()
    message["From"], message["Message-ID"] = "王小明 <hr@example.com>", "<1@example.com>"
    message.set_content("附件為名單。\n> 舊的話\n謝謝\n")
    message.add_alternative("<p>HTML</p>", subtype="html")
    message.add_attachment(ROWS, maintype="text", subtype="csv", filename=NAME)
    mail = read(message.as_bytes())
    assert told(mail) == [("2", NAME, str(len(ROWS)))]
    assert mail.files[0].content == ROWS
    assert (mail.message_id, mail.automated, mail.is_bounce) == ("<1@example.com>", "", False)
    assert mail.text == "附件為名單。\n謝謝"
    assert (mail.ignored, mail.left_over) == ((), ())


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        pytest.param(b"Auto-Submitted: auto-replied (vacation)", "AUTO_SUBMITTED", id="auto-replied"),
        pytest.param(b"Auto-Submitted: No", "", id="submitted by hand"),
        pytest.param(b"Precedence: BULK", "PRECEDENCE", id="bulk"),
        pytest.param(b"Precedence: auto_reply", "PRECEDENCE", id="an answering machine"),
        pytest.param(b"Precedence: first-class", "", id="first class"),
        pytest.param(b"List-Id: <a.example.com>", "LIST", id="a list"),
        pytest.param(b"List-Unsubscribe: <https://example.com>", "LIST", id="a newsletter"),
        pytest.param(b"Return-Path: <>", "NULL_RETURN_PATH", id="null return path"),
        pytest.param(b"Return-Path: <hr@example.com>", "", id="a return path"),
        pytest.param(b"Content-Type: multipart/report; boundary=b", "REPORT", id="a report"),
        pytest.param(b"X-Autoreply: yes", "AUTOREPLY", id="X-Autoreply"),
        pytest.param(b"X-Autorespond: out", "AUTOREPLY", id="X-Autorespond"),
        pytest.param(b"X-Auto-Response-From: a", "AUTOREPLY", id="X-Auto-Response"),
        pytest.param(b"X-Auto-Response-Suppress: All", "", id="Exchange's mail of a person"),
    ],
)
def test_a_machines_mail_is_known_by_its_headers(header: bytes, reason: str) -> None:
    raw = header + b"\r\n" + HEAD + b"\r\n"
    assert read(raw).automated == reason
    assert read_headers(raw).automated == reason


@pytest.mark.parametrize(
    ("raw", "is_bounce"),
    [
        pytest.param(mixed(kind=b"report; report-type=delivery-status"), True, id="a delivery report"),
        pytest.param(mixed(kind=b"report; report-type=disposition-notification"), False, id="a read receipt"),
        pytest.param(b"Return-Path: <>\r\n\r\n", True, id="null return path"),
        pytest.param(b"From: Mail <MAILER-DAEMON@example.com>\r\n\r\n", True, id="MAILER-DAEMON"),
        pytest.param(b"From: postmaster@example.com\r\n\r\n", True, id="postmaster"),
        pytest.param(b"From: hr@example.com\r\n\r\n", False, id="a person"),
    ],
)
def test_what_a_bounce_parser_should_look_at(raw: bytes, is_bounce: bool) -> None:
    assert read(raw).is_bounce is is_bounce


@pytest.mark.parametrize(
    ("headers", "message_id"),
    [
        pytest.param(b"Message-ID: <a.b@example.com>\r\n", "<a.b@example.com>", id="one"),
        pytest.param(b"Message-Id:\r\n <a@example.com>\r\n", "<a@example.com>", id="folded"),
        pytest.param(b"", "", id="none"),
        pytest.param(b"Message-ID: <a@example.com>\r\nMessage-ID: <b@example.com>\r\n", "", id="two"),
        pytest.param(b"Message-ID: a@example.com\r\n", "", id="no brackets"),
        pytest.param(b"Message-ID: <a b@example.com>\r\n", "", id="a blank inside"),
        pytest.param(b"Message-ID: <" + b"a" * 300 + b"@example.com>\r\n", "", id="endless"),
    ],
)
def test_only_one_well_formed_message_id_is_taken(headers: bytes, message_id: str) -> None:
    assert read(headers + b"\r\n").message_id == message_id


def test_headers_come_unfolded_in_mail_order_with_raw_bytes_decoded() -> None:
    raw = b"B: 1\r\n 2\r\nA: " + "名單".encode("cp950") + b"\r\nb: " + "單".encode() + b"\r\n\r\n"
    assert read(raw).headers == (("B", "1 2"), ("A", "名單"), ("b", "單"))


@pytest.mark.parametrize(
    ("part", "text"),
    [
        pytest.param(
            part_of(b"Content-Type: text/plain; charset=big5", "同意".encode("cp950")), "同意", id="Big5"
        ),
        pytest.param(
            part_of(b"Content-Type: text/plain; charset=x-unknown", "同意".encode()), "同意", id="unknown"
        ),
        pytest.param(part_of(b"Content-Type: text/plain; charset=punycode", b"a-b"), "a-b", id="no set"),
        pytest.param(
            part_of(b"Content-Type: text/plain", b"a\r\n> b\r\n >> c\r\nd"), "a\nd", id="quoted lines"
        ),
        pytest.param(
            part_of(b"Content-Type: text/html", b"<style>x</style><div>a&lt;b</div><blockquote>c"),
            "\na<b\n",
            id="HTML",
        ),
        pytest.param(
            part_of(b"Content-Type: text/plain; name=a.txt", b"a file"), "", id="a text file is no text"
        ),
        pytest.param(part_of(b"Content-Type: text/plain", b"a" * 30_000), "a" * 20_000, id="endless"),
    ],
)
def test_the_writers_own_words(part: bytes, text: str) -> None:
    assert read(mixed(part)).text.strip("\n") == text.strip("\n")


def test_nothing_of_a_mail_shows_in_its_repr() -> None:
    mail = read(mixed(part_of(b"Content-Type: text/plain", b"hello"), attached()))
    assert not any(word in repr(mail) + repr(mail.files) for word in ("hello", NAME, "A123456789", "hr@"))
