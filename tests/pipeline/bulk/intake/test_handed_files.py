"""Which parts of a mail are hand-ins, under which names, and whether they came whole."""

from __future__ import annotations

import base64
from email.header import Header
from urllib.parse import quote

import pytest

from tests.pipeline.bulk.intake.made_mail import HEAD, NAME, ROWS, attached, mixed, part_of, read


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b'Content-Disposition: attachment; filename="%s"', id="plain"),
        pytest.param(b"content-disposition: ATTACHMENT; FileName=%s", id="no quotes"),
        pytest.param(b'Content-Type: application/octet-stream; name="%s"', id="Content-Type only"),
        pytest.param(b'Content-Disposition: inline; filename="%s"', id="inline"),
        pytest.param(
            b"Content-Disposition: attachment;\r\n filename*0=110000001; filename*1=20261120.CSV",
            id="RFC 2231 pieces",
        ),
        pytest.param(
            b'Content-Disposition: attachment; filename="C:\\\\Users\\\\hr\\\\%s"', id="Windows path"
        ),
        pytest.param(b'Content-Disposition: attachment; filename="../../%s"', id="path"),
    ],
)
def test_a_name_is_found_where_programs_put_it(header: bytes) -> None:
    head = header % NAME.encode() if b"%s" in header else header
    assert [file.name for file in read(mixed(part_of(head))).files] == [NAME]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(
            b'filename="%s"' % "許功蓋.CSV".encode("cp950"), id="raw Big5, a byte of which is a backslash"
        ),
        pytest.param(b'filename="%s"' % "許功蓋.CSV".encode(), id="raw UTF-8"),
        pytest.param(b"filename*=UTF-8''" + quote("許功蓋.CSV").encode(), id="RFC 2231, UTF-8"),
        pytest.param(
            b"filename*=big5''" + quote("許功蓋.CSV", encoding="cp950").encode(), id="RFC 2231, Big5"
        ),
        pytest.param(
            b'filename="%s"' % Header("許功蓋.CSV", "utf-8").encode().encode(), id="RFC 2047, UTF-8"
        ),
        pytest.param(
            b'filename="=?big5?B?%s?="' % base64.b64encode("許功蓋.CSV".encode("cp950")), id="RFC 2047, Big5"
        ),
    ],
)
def test_a_chinese_name_is_read_in_every_way_it_is_written(header: bytes) -> None:
    mail = read(mixed(part_of(b"Content-Type: text/csv\r\nContent-Disposition: attachment; " + header)))
    assert [file.name for file in mail.files] == ["許功蓋.CSV"]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b"Content-Type: application/octet-stream", id="none"),
        pytest.param(
            b"Content-Type: text/csv\r\nContent-Disposition: attachment", id="an attachment without"
        ),
        pytest.param(b'Content-Type: text/plain; name="=?x-unknown?B?gICA?="', id="unknown character set"),
        pytest.param(
            b"Content-Disposition: attachment; filename*=x-unknown''%80%80.CSV", id="unknown, RFC 2231"
        ),
        pytest.param(b"Content-Disposition: attachment; filename*=utf-8''%80%80.CSV", id="no UTF-8"),
        pytest.param(
            b'Content-Disposition: attachment; filename="\xff\xfe\x80.CSV"', id="bytes that are nothing"
        ),
        pytest.param(b'Content-Disposition: attachment; filename="a\x01.CSV"', id="a control character"),
        pytest.param(
            b"Content-Disposition: attachment; filename*=utf-7''a%2B2AA-.CSV", id="half a character"
        ),
        pytest.param(b'Content-Disposition: attachment; filename="=?utf-8?B?a?="', id="broken base64"),
        pytest.param(
            b'Content-Disposition: attachment; filename="=?idna?B?gICA?="', id="a codec that is no set"
        ),
        pytest.param(
            b"Content-Disposition: attachment; name*=a; filename*0=b; filename*=c", id="mixed pieces"
        ),
        pytest.param(b'Content-Disposition: attachment; filename="uploads/"', id="a folder"),
    ],
)
def test_a_file_without_a_usable_name_is_refused_for_its_name(header: bytes) -> None:
    (file,) = read(mixed(part_of(header))).files
    assert (file.name, file.content) == ("", None)
    assert file.refusal is not None
    assert (file.refusal.code, file.refusal.detail) == ("FILE_NAME", "檔名無法辨識。")


_INNER = mixed(attached()).replace(b'"b"', b'"c"').replace(b"--b", b"--c")


@pytest.mark.parametrize(
    ("part", "ignored"),
    [
        pytest.param(part_of(b"Content-Type: text/plain", b"hello"), (), id="text"),
        pytest.param(part_of(b"Content-Type: text/html", b"<p>hello"), (), id="HTML"),
        pytest.param(part_of(b"Content-Type: image/png; name=l.png\r\nContent-ID: <1>"), (), id="a logo"),
        pytest.param(
            part_of(b"Content-Type: image/png\r\nContent-Disposition: attachment; filename=l.png"),
            ("l.png",),
            id="a picture",
        ),
        pytest.param(part_of(b"Content-Type: image/png"), (), id="a picture without a name"),
        pytest.param(part_of(b"Content-Type: application/pdf; name=a.pdf"), ("a.pdf",), id="a PDF"),
        pytest.param(part_of(b"Content-Type: text/calendar"), (), id="an invitation"),
        pytest.param(part_of(b"Content-Type: application/pkcs7-signature"), (), id="a signature"),
        pytest.param(
            part_of(b"Content-Type: application/ms-tnef; name=winmail.dat"),
            ("winmail.dat",),
            id="winmail.dat",
        ),
        pytest.param(part_of(b"Content-Type: message/rfc822", _INNER), ("message.eml",), id="a mail inside"),
        pytest.param(
            part_of(b"Content-Type: message/rfc822; name=old.eml", _INNER),
            ("old.eml",),
            id="a mail with a name",
        ),
    ],
)
def test_what_is_no_hand_in_is_named_at_most(part: bytes, ignored: tuple[str, ...]) -> None:
    mail = read(mixed(part))
    assert (mail.files, mail.ignored) == ((), ignored)


@pytest.mark.parametrize(
    "name",
    [
        "list.csv",
        "LIST.CsV",
        "a.txt",
        "a.xlsx",
        "a.xls",
        "a.ods",
        "a.7z",
        "a.rar",
        "110000001.pdf",
        "ａ．ＣＳＶ",
    ],
)
def test_what_looks_like_a_hand_in_is_one(name: str) -> None:
    assert [file.name for file in read(mixed(attached(name))).files] == [name]


def test_the_place_of_a_file_is_counted_as_imap_counts() -> None:
    inner = mixed(part_of(b"Content-Type: text/plain", b"hi"), attached()).partition(b"\r\n\r\n")
    nested = b'Content-Type: multipart/related; boundary="b"\r\n\r\n' + inner[2].replace(b"--b", b"--c")
    nested = nested.replace(b'"b"', b'"c"')
    assert [file.part for file in read(mixed(nested, attached())).files] == ["1.2", "2"]
    alone = HEAD + attached()
    assert [file.part for file in read(alone).files] == ["1"]


def test_files_beyond_the_most_are_left_over_in_mail_order() -> None:
    parts = [attached(f"11000000120261{number}.CSV") for number in (101, 102, 103, 104)]
    mail = read(mixed(*parts), max_files=2)
    assert [file.name for file in mail.files] == ["11000000120261101.CSV", "11000000120261102.CSV"]
    assert mail.left_over == ("11000000120261103.CSV", "11000000120261104.CSV")


def test_a_file_larger_than_the_limit_is_refused_without_its_bytes() -> None:
    (file,) = read(mixed(attached(body=b"a" * 101)), max_bytes=100).files
    assert file.content is None
    assert file.refusal is not None
    assert file.refusal.code == "FILE_TOO_LARGE"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(mixed(attached()).replace(b"QTEy", b"QT?y"), id="a strange character"),
        pytest.param(mixed(attached(body=ROWS * 2 + b"x")).replace(b"=\n", b"\n"), id="cut inside a group"),
        pytest.param(mixed(attached(), end=b""), id="the mail ends before its boundary"),
    ],
)
def test_a_file_damaged_on_the_way_is_refused_not_read_in_part(raw: bytes) -> None:
    (file,) = read(raw).files
    assert file.content is None
    assert file.refusal is not None
    assert file.refusal.code == "FILE_ENCODING"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param(b"7bit", ROWS, id="7bit"),
        pytest.param(b"8bit", ROWS + "王,a@example.com,1\r\n".encode("cp950"), id="8bit Big5"),
        pytest.param(b"BASE64 ", base64.encodebytes(ROWS).replace(b"\n", b" \r\n"), id="base64 with blanks"),
        pytest.param(b"x-unknown", ROWS, id="unknown"),
    ],
)
def test_a_body_is_decoded_byte_by_byte(encoding: bytes, body: bytes) -> None:
    head = b"Content-Type: text/csv; charset=x-unknown; name=%s\r\nContent-Transfer-Encoding: %s"
    (file,) = read(mixed(part_of(head % (NAME.encode(), encoding), body))).files
    assert file.content == (ROWS if b"ASE" in encoding else body)
