"""Facts on composing one mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from mailers.message import (
    Attachment,
    Heading,
    UnsafeText,
    attachment_name,
    compose,
    envelope_address,
    message_id,
    text_file,
)

TAIPEI = timezone(timedelta(hours=8))
SECRET = b"0123456789abcdef"


def heading(**changes: Any) -> Heading:
    known: dict[str, Any] = {
        "sender": "noreply@example.com",
        "to": "clerk@example.com",
        "date": datetime(2026, 11, 20, 1, 2, 3, tzinfo=TAIPEI),
        "message_id": "<abc@example.com>",
        "reply_to": "help@example.com",
    }
    return Heading(**known | changes)


def sent(head: Heading, **changes: Any) -> EmailMessage:
    """The mail as its receiver's program reads it."""
    content: dict[str, Any] = {"subject": "入檔記錄通知", "text": "內文\n", "html": "<p>內文</p>\n"}
    raw = compose(head, **content | changes).as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    read = message_from_bytes(raw, policy=policy.default)
    assert not [part.defects for part in read.walk() if part.defects]
    return read


def test_the_headers_are_those_of_a_good_citizen() -> None:
    assert dict(sent(heading()).items()) == {
        "From": "健保卡網路服務 <noreply@example.com>",
        "Reply-To": "help@example.com",
        "Subject": "入檔記錄通知",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "To": "clerk@example.com",
        "Date": "Fri, 20 Nov 2026 01:02:03 +0800",
        "Message-ID": "<abc@example.com>",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/alternative; boundary="=_0_a1c01306268e0d2c69f44260"',
    }


def test_an_answer_says_which_mail_it_answers() -> None:
    read = sent(heading(in_reply_to="<theirs@example.org>"))
    assert (read["Auto-Submitted"], read["In-Reply-To"]) == ("auto-replied", "<theirs@example.org>")


def test_a_strange_message_id_from_outside_is_left_out() -> None:
    read = sent(heading(in_reply_to="<x@example.org>\r\nBcc: victim@example.com"))
    assert (read["Auto-Submitted"], read["In-Reply-To"], read["Bcc"]) == ("auto-generated", None, None)


def test_text_and_html_and_files_come_out_as_they_went_in() -> None:
    files = [
        text_file("入檔記錄.txt", "一\n二\n"),
        Attachment("結果.csv", b"\xef\xbb\xbfa,b\r\n", "text/csv"),
    ]
    read = sent(heading(), text="王小明\n.\n" * 100, html="<p>王小明</p>\n", attachments=files)
    plain, rich = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert plain.get_content() == "王小明\r\n.\r\n" * 100
    assert rich.get_content() == "<p>王小明</p>\r\n"
    assert [(part.get_filename(), part.get_content_type()) for part in read.iter_attachments()] == [
        ("入檔記錄.txt", "text/plain"),
        ("結果.csv", "text/csv"),
    ]
    assert [part.get_payload(decode=True) for part in read.iter_attachments()] == [
        "\ufeff一\r\n二\r\n".encode(),
        b"\xef\xbb\xbfa,b\r\n",
    ]


def test_the_same_mail_is_the_same_bytes() -> None:
    file = text_file("log.txt", "一\n")
    first, second = (
        compose(heading(), subject="s", text="t", html="h", attachments=[file]).as_bytes() for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        pytest.param({}, "hello\r\nBcc: victim@example.com", id="subject"),
        pytest.param({}, "hello\nBcc: victim@example.com", id="subject_lone_lf"),
        pytest.param({}, "hello\u2028there", id="subject_line_separator"),
        pytest.param({"sender_name": "x\r\nBcc: v@example.com"}, "s", id="sender_name"),
        pytest.param({"sender": "a@example.com\r\nBcc: v@example.com"}, "s", id="sender"),
        pytest.param({"to": "a@example.com\nBcc: v@example.com"}, "s", id="to"),
        pytest.param({"to": "a@example.com, b@example.com"}, "s", id="two_receivers"),
        pytest.param({"to": "王 <a@example.com>"}, "s", id="name_in_the_address"),
        pytest.param({"reply_to": "a@example.com\r\n"}, "s", id="reply_to"),
        pytest.param({"message_id": "<a@example.com>\r\nBcc: v@example.com"}, "s", id="message_id"),
        pytest.param({"date": datetime(2026, 1, 1)}, "s", id="date_without_zone"),  # noqa: DTZ001
    ],
)
def test_no_value_can_add_a_header(changes: dict[str, Any], subject: str) -> None:
    with pytest.raises(UnsafeText) as refused:
        compose(heading(**changes), subject=subject, text="t", html="h")
    assert "@" not in str(refused.value).replace("<...@...>", "")


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        pytest.param("first.last+tag@mail.example.com", "first.last+tag@mail.example.com", id="plain"),
        pytest.param("o'neil@example.com", "o'neil@example.com", id="apostrophe"),
        pytest.param("clerk@例子.tw", "clerk@xn--fsqu00a.tw", id="international_domain"),
        pytest.param("x" * 64 + "@example.com", "x" * 64 + "@example.com", id="longest_local_part"),
    ],
)
def test_an_address_is_made_fit_for_an_envelope(text: str, usable: str) -> None:
    assert envelope_address(text) == usable


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@example.com",
        "a@",
        "a@b",
        "a@b..com",
        "a..b@example.com",
        "a b@example.com",
        "a@example.com\n",
        '"a b"@example.com',
        "a@[127.0.0.1]",
        "王@example.com",
        "<a@example.com>",
        "a@-x.com",
        "a@x.com>",
        "x" * 65 + "@example.com",
        "a@" + "b." * 130 + "com",
        "a@例子..tw",
        "a\x00@example.com",
    ],
)
def test_what_is_no_address_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(UnsafeText, match=r"^an address cannot be used in a mail$"):
        envelope_address(text)


def test_a_message_id_is_stable_unguessable_and_tells_nothing() -> None:
    made = message_id(SECRET, "success", "12", "A123456789", domain="example.com")
    assert made == message_id(SECRET, "success", "12", "A123456789", domain="example.com")
    assert "A123456789" not in made
    others = {
        message_id(SECRET, "success", "1", "2A123456789", domain="example.com"),
        message_id(SECRET, "success", "12", "A123456789", "", domain="example.com"),
        message_id(b"another secret", "success", "12", "A123456789", domain="example.com"),
    }
    assert len(others | {made}) == 4
    assert sent(heading(message_id=made))["Message-ID"] == made


def test_a_message_id_needs_a_host_name() -> None:
    with pytest.raises(UnsafeText):
        message_id(SECRET, "a", domain="example.com>\r\nBcc: x")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        pytest.param("入檔記錄 11000000120261120.txt", "入檔記錄 11000000120261120.txt", id="chinese"),
        pytest.param("../../etc/passwd", "_.._etc_passwd", id="path"),
        pytest.param('a"b\r\nc:d.csv', "a_b__c_d.csv", id="quotes_and_line_ends"),
        pytest.param("\u202egpj.csv", "_gpj.csv", id="reading_direction"),
        pytest.param("x" * 300 + ".csv", "x" * 116 + ".csv", id="long"),
        pytest.param("...", "attachment", id="only_dots"),
    ],
)
def test_an_attachment_has_a_name_any_program_can_save(text: str, safe: str) -> None:
    assert attachment_name(text) == safe
    assert [
        part.get_filename()
        for part in sent(heading(), attachments=[Attachment(text, b"x")]).iter_attachments()
    ] == [safe]


def test_a_date_in_another_zone_is_written_with_its_zone() -> None:
    assert sent(heading(date=datetime(2026, 1, 1, tzinfo=UTC)))["Date"] == "Thu, 01 Jan 2026 00:00:00 +0000"


def test_a_file_name_that_hides_an_encoded_line_end_cannot_add_a_header() -> None:
    hidden = "a " * 30 + "=?utf-8?q?=0D=0ABcc:evil@example.com=0D=0A=0D=0AFORGED?= " + "b " * 25
    read = sent(heading(sender_name=hidden), subject=hidden)
    assert read["Bcc"] is None
    assert "FORGED" not in str(read.get_body(("plain",)))
    assert str(read["Subject"]).strip() == hidden.replace("=?", "= ?").strip()
