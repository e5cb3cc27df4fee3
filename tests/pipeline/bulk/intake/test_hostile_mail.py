"""Mails that nobody writes by hand: what they may cost, and that none brings the reader down."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.bulk.intake.received_mail import MailUnreadable
from tests.pipeline.bulk.intake.made_mail import HEAD, NAME, ROWS, attached, mixed, part_of, read, zipped


def _nested(depth: int) -> bytes:
    levels = (b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(depth))
    return b"".join(levels)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(_nested(500), id="hundreds of parts in parts"),
        pytest.param(b"Content-Type: message/rfc822\r\n\r\n" * 500, id="hundreds of mails in mails"),
        pytest.param(mixed(*[b"\r\n"] * 5_000), id="thousands of parts"),
        pytest.param(
            b"Content-Type: message/delivery-status\r\n\r\n" + b"\r\n" * 100_000, id="endless report"
        ),
        pytest.param(b"A: b\r\n" * 50_000, id="thousands of headers"),
        pytest.param(b"A: " + b"b" * 5_000_000, id="a header of megabytes"),
        pytest.param(
            b"Content-Type: multipart/mixed; " + b'";' * 500_000 + b"\r\n\r\n", id="endless parameters"
        ),
        pytest.param(b"\n" * 3_000_000, id="millions of lines"),
        pytest.param(b"Subject: a\rFrom: hr@example.com\r\n\r\n", id="a line end that only Python sees"),
    ],
)
def test_a_mail_that_nobody_writes_is_unreadable_and_soon_known(raw: bytes) -> None:
    began = time.process_time()
    with pytest.raises(MailUnreadable):
        read(raw)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00" * 1_000, id="NUL"),
        pytest.param(b"Content-Type: multipart/mixed\r\n\r\nx", id="no boundary"),
        pytest.param(
            mixed(part_of(b"Content-Type: text/html", b"<!--" * 50_000 + b"<script" * 50_000)),
            id="hostile HTML",
        ),
        pytest.param(
            mixed(part_of(b'Content-Disposition: attachment; filename="' + b"=?a?q?" * 700 + b'"')),
            id="hostile name",
        ),
        pytest.param(b"From: " + b"(<" * 40_000 + b"\r\n\r\n", id="hostile From"),
    ],
)
def test_a_hostile_mail_costs_little(raw: bytes) -> None:
    began = time.process_time()
    read(raw)
    assert time.process_time() - began < 2


_PIECES = [
    mixed(attached(), attached("a.zip", zipped((NAME, ROWS)))),
    mixed(part_of(b"Content-Type: message/rfc822", mixed(attached()))),
    HEAD + b"Content-Type: text/csv; charset=\"\x00\"; name*0*=big5''%A4; name*1=a\r\n\r\nx",
]


@settings(max_examples=300)
@given(raw=st.binary(max_size=2_000))
def test_any_bytes_are_a_mail_or_unreadable(raw: bytes) -> None:
    _must_not_break(raw)


@settings(max_examples=400)
@given(data=st.data(), raw=st.sampled_from(_PIECES))
def test_a_mail_changed_on_its_way_is_a_mail_or_unreadable(data: st.DataObject, raw: bytes) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), start + data.draw(st.integers(0, 20)))
        raw = raw[:start] + data.draw(st.binary(max_size=8)) + raw[end:]
    _must_not_break(raw)


@settings(max_examples=300)
@given(packed=st.binary(max_size=300), place=st.integers(0, 200))
@example(packed=b"", place=0)
def test_a_zip_changed_on_its_way_is_read_or_refused(packed: bytes, place: int) -> None:
    made = zipped((NAME, ROWS * 3), ("說明.txt", b"x"))
    _must_not_break(mixed(attached("a.zip", made[:place] + packed + made[place + len(packed) :])))


@settings(max_examples=300)
@given(
    header=st.sampled_from([b"Content-Type", b"Content-Disposition", b"Content-Transfer-Encoding", b"From"]),
    value=st.one_of(
        st.binary(max_size=80),
        st.lists(
            st.sampled_from(
                [
                    b"multipart/mixed",
                    b";",
                    b"boundary=",
                    b"name*0*=",
                    b"filename=",
                    b"utf-8''",
                    b"=?",
                    b"?b?",
                    b"?=",
                    b'"',
                    b"charset=",
                    b"undefined",
                    b"%80",
                    b"\\",
                    b"\r\n ",
                    b"*1*=",
                    b"99999999",
                    b"\xa4",
                ]
            ),
            max_size=12,
        ).map(b"".join),
    ),
)
def test_any_header_makes_a_mail_or_an_unreadable_one(header: bytes, value: bytes) -> None:
    _must_not_break(header + b": " + value + b"\r\n\r\n" + ROWS)
    _must_not_break(mixed(part_of(header + b": " + value)))


def test_no_text_holds_what_a_database_refuses() -> None:
    packed = zipped((NAME, ROWS), ("ab.docx", b"x")).replace(b"ab.docx", b"a\x00.docx")
    body = part_of(b"Content-Type: text/plain; charset=utf-7", b"a+2AA-\x00b")
    mail = read(mixed(body, attached("a.zip", packed)))
    for text in (mail.text, *mail.ignored):
        assert "\x00" not in text
        assert text.encode()


def _must_not_break(raw: bytes) -> None:
    try:
        mail = read(raw)
    except MailUnreadable:
        return
    assert all((file.content is None) == (file.refusal is not None) for file in mail.files)
    assert all(file.name or file.refusal for file in mail.files)
    assert len({file.part for file in mail.files}) == len(mail.files)
    told = (mail.text, mail.message_id, *mail.ignored, *mail.left_over, *(file.name for file in mail.files))
    assert "\x00" not in "".join(told).encode().decode()


def test_five_hundred_mails_of_fifty_rows_take_less_than_a_second() -> None:
    raw = mixed(part_of(b"Content-Type: text/plain", b"hello"), attached(body=ROWS * 50))
    began = time.process_time()
    for _ in range(500):
        read(raw)
    assert time.process_time() - began < 1
