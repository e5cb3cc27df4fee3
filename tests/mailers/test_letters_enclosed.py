"""Facts on what letters enclose: files as they are, or one ZIP."""

from __future__ import annotations

import io
import random
import zipfile
from email import message_from_bytes, policy

import pytest

from mailers.letters import enclose
from mailers.letters.enclosures import FILES_AS_THEY_ARE, OCTETS_AS_THEY_ARE
from mailers.message import Attachment, compose, told_apart, zip_file
from tests.mailers.written_letters import HEADING

NOISE = random.Random(1).randbytes(10_000)


def unpacked(file: Attachment) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.testzip() is None
        return {member.filename: archive.read(member) for member in archive.infolist()}


def test_a_zip_gives_back_what_went_in_and_shrinks_a_log() -> None:
    log = "10:07:37 第1筆資料:E22361****網路服務註冊成功!\r\n".encode() * 10_000
    packed = zip_file("結果.zip", [Attachment("入檔記錄.txt", log), Attachment("noise.bin", NOISE)])
    assert (packed.name, packed.media_type) == ("結果.zip", "application/zip")
    assert unpacked(packed) == {"入檔記錄.txt": log, "noise.bin": NOISE}
    assert len(packed.content) < len(log) / 20 + len(NOISE) + 1_000


def test_the_same_files_are_the_same_zip_to_the_byte() -> None:
    files = [Attachment("a.txt", NOISE), Attachment("記錄.txt", b"x" * 1_000)]
    assert zip_file("a.zip", files) == zip_file("a.zip", files)


def test_a_member_has_the_fixed_date_a_flagged_name_and_can_be_read_by_its_receiver() -> None:
    packed = zip_file("a.zip", [Attachment("記錄.txt", b"x")])
    (member,) = zipfile.ZipFile(io.BytesIO(packed.content)).infolist()
    assert member.date_time == (1980, 1, 1, 0, 0, 0)
    assert member.flag_bits & 0x800
    assert member.compress_type == zipfile.ZIP_DEFLATED
    assert member.external_attr >> 16 == 0o644


def test_a_member_cannot_leave_the_folder_it_is_unpacked_in() -> None:
    packed = zip_file("a.zip", [Attachment("../../etc/passwd", b"x"), Attachment("C:\\x.txt", b"y")])
    assert list(unpacked(packed)) == ["_.._etc_passwd", "C__x.txt"]


def test_files_of_one_name_are_told_apart() -> None:
    files = [
        Attachment(name, bytes([number]))
        for number, name in enumerate(("a.log.txt", "A.LOG.txt", "a (2).log.txt", "a.log.txt", "b"))
    ]
    names = ["a.log.txt", "A (2).LOG.txt", "a (2) (2).log.txt", "a (3).log.txt", "b"]
    assert [file.name for file in told_apart(files)] == names
    assert unpacked(zip_file("a.zip", files)) == dict(
        zip(names, (b"\0", b"\1", b"\2", b"\3", b"\4"), strict=True)
    )
    assert [file.name for file in enclose(files, zip_name="a.zip")] == names


@pytest.mark.parametrize(
    ("count", "octets", "is_zipped"),
    [
        pytest.param(0, 0, False, id="nothing"),
        pytest.param(FILES_AS_THEY_ARE, 1, False, id="six_small"),
        pytest.param(FILES_AS_THEY_ARE + 1, 1, True, id="seven_small"),
        pytest.param(2, OCTETS_AS_THEY_ARE // 2, False, id="just_small_enough"),
        pytest.param(2, OCTETS_AS_THEY_ARE // 2 + 1, True, id="too_large_together"),
    ],
)
def test_many_or_large_files_become_one_zip(count: int, octets: int, is_zipped: bool) -> None:
    files = [Attachment(f"{number}.csv", b"x" * octets, "text/csv") for number in range(count)]
    enclosed = enclose(files, zip_name="results.zip")
    if is_zipped:
        assert [file.name for file in enclosed] == ["results.zip"]
        assert unpacked(enclosed[0]) == {file.name: file.content for file in files}
    else:
        assert enclosed == files


def test_a_zip_arrives_in_a_mail_as_it_was() -> None:
    packed = zip_file("結果.zip", [Attachment("noise.bin", NOISE)])
    raw = compose(HEADING, subject="s", text="t", html="h", attachments=[packed]).as_bytes()
    (part,) = message_from_bytes(raw, policy=policy.default).iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("結果.zip", "application/zip")
    assert part.get_payload(decode=True) == packed.content
