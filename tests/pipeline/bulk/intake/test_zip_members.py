"""A zip in a mail: its CSV files, and all that a zip can be instead."""

from __future__ import annotations

import struct
import time
import zipfile

import pytest

from tests.pipeline.bulk.intake.made_mail import MIB, NAME, ROWS, attached, mixed, read, told, zipped


def test_the_csv_files_of_a_zip_are_files_of_their_own() -> None:
    packed = zipped((NAME, ROWS), ("說明.docx", b"x"), ("11000000120261121.CSV", ROWS * 2))
    mail = read(mixed(attached("files.zip", packed)))
    assert told(mail) == [
        (f"1/{NAME}", NAME, str(len(ROWS))),
        ("1/11000000120261121.CSV", "11000000120261121.CSV", str(2 * len(ROWS))),
    ]
    assert mail.ignored == ("files.zip/說明.docx",)


def test_the_files_of_a_zip_count_towards_the_most() -> None:
    packed = zipped(*((f"{number}.csv", ROWS) for number in range(4)))
    mail = read(mixed(attached("a.zip", packed), attached()), max_files=3)
    assert [file.name for file in mail.files] == ["0.csv", "1.csv", "2.csv"]
    assert mail.left_over == ("3.csv", NAME)


def test_a_name_in_cp950_inside_a_zip_is_read() -> None:
    wide = "名單許.csv"
    packed = zipped(("abcdef.csv", ROWS)).replace(b"abcdef.csv", wide.encode("cp950"))
    assert [file.name for file in read(mixed(attached("a.zip", packed))).files] == [wide]


def test_two_members_of_one_name_have_two_places() -> None:
    packed = zipped(("a.csv", ROWS), ("b.csv", ROWS)).replace(b"b.csv", b"a.csv")
    assert [file.part for file in read(mixed(attached("a.zip", packed))).files] == ["1/a.csv", "1/a.csv#2"]


_ENCRYPTED = zipped(("a.csv", ROWS))


_ENCRYPTED = _ENCRYPTED.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        pytest.param(_ENCRYPTED, "加密", id="encrypted"),
        pytest.param(b"PK\x03\x04 no zip at all", "損壞", id="broken"),
        pytest.param(b"", "損壞", id="empty"),
        pytest.param(zipped(("a.csv", ROWS * 50))[:-40], "損壞", id="cut off"),
        pytest.param(
            zipped(("a.csv", ROWS), method=zipfile.ZIP_STORED).replace(b"A123", b"B123"),
            "損壞",
            id="check",
        ),
        pytest.param(zipped(("a.csv", ROWS), method=zipfile.ZIP_BZIP2), "損壞", id="a method of no bound"),
        pytest.param(zipped(*((f"{number}.csv", ROWS) for number in range(6))), "超過5個", id="six members"),
        pytest.param(
            zipped(*((str(number), b"") for number in range(3_000))), "超過5個", id="thousands of members"
        ),
        pytest.param(zipped(("a/b.csv", ROWS)), "資料夾", id="a folder"),
        pytest.param(zipped(("a\\b.csv", ROWS)), "資料夾", id="a folder of Windows"),
        pytest.param(zipped(("../a.csv", ROWS)), "資料夾", id="a folder above"),
        pytest.param(zipped(("/a.csv", ROWS)), "資料夾", id="the root"),
        pytest.param(zipped(("C:a.csv", ROWS)), "資料夾", id="a drive"),
        pytest.param(
            zipped(("a.csv", ROWS), ("b.zip", zipped(("c.csv", ROWS)))), "還有壓縮檔", id="a zip inside"
        ),
        pytest.param(zipped(("a.xlsx", b"x")), "沒有CSV", id="no CSV"),
        pytest.param(zipped(), "沒有CSV", id="nothing"),
    ],
)
def test_a_zip_that_cannot_be_used_is_one_refused_file_under_its_own_name(packed: bytes, words: str) -> None:
    (file,) = read(mixed(attached("files.zip", packed))).files
    assert (file.part, file.name, file.content) == ("1", "files.zip", None)
    assert file.refusal is not None
    assert file.refusal.code == "FILE_NOT_CSV"
    assert words in file.refusal.detail


def test_what_a_mac_adds_to_a_zip_is_passed_over() -> None:
    packed = zipped((NAME, ROWS), (f"__MACOSX/._{NAME}", b"x"))
    mail = read(mixed(attached("a.zip", packed)))
    assert ([file.name for file in mail.files], mail.ignored) == ([NAME], ())


def test_a_zip_bomb_costs_no_more_than_the_limit_whatever_its_header_says() -> None:
    packed = zipped(("a.csv", b"0" * (200 * MIB)))
    entry = packed.rindex(b"PK\x01\x02")
    lying = packed[: entry + 24] + struct.pack("<I", 10) + packed[entry + 28 :]
    began = time.process_time()
    for bomb in (packed, lying):
        (file,) = read(mixed(attached("a.zip", bomb))).files
        assert file.content is None or len(file.content) <= MIB
        assert file.refusal is not None
    assert time.process_time() - began < 2


def test_all_zips_of_a_mail_together_hold_no_more_than_the_limit() -> None:
    packed = zipped(("a.csv", b"0" * (MIB * 6 // 10)))
    mail = read(mixed(attached("a.zip", packed), attached("b.zip", packed)))
    assert [code for _, _, code in told(mail)] == [str(MIB * 6 // 10), "FILE_TOO_LARGE"]
