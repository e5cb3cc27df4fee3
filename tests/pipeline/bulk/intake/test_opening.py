"""Limits, hostile bytes and the row frame's shape."""

from __future__ import annotations

import codecs
import time

import pandas as pd
import pytest

from pipeline.bulk.intake.employer_file.careful_rows import read_careful
from pipeline.bulk.intake.employer_file.opening import FileLimits, OpenedFile, open_rows, read_rows
from pipeline.bulk.rules.file_faults import MIB
from validators.faults import FILE_FAULTS, FileRefused

HEADER = "身分證號,電子郵件,手機(或聯絡電話)\r\n".encode()
LIMITS = FileLimits()
ROW = b"A123456789,hsiao@example.com,0912345678\r\n"


def opened(content: bytes, limits: FileLimits = LIMITS) -> OpenedFile:
    return open_rows(content, limits=limits)[0]


def refusal(content: bytes, limits: FileLimits = LIMITS) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        open_rows(content, limits=limits)
    return caught.value


def test_the_frame_has_the_agreed_columns_and_types() -> None:
    frame = read_rows([(5, HEADER + ROW), (3, ROW.replace(b",", b";"))])
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "file_id": "int64",
        "row_number": "int32",
        "line_number": "int32",
        "national_id": "str",
        "email": "str",
        "phone": "str",
    }
    assert isinstance(frame.index, pd.RangeIndex)
    assert frame["file_id"].tolist() == [5, 3]
    assert frame["line_number"].tolist() == [2, 1]


def test_no_files_give_an_empty_frame_of_the_same_types() -> None:
    assert read_rows([]).dtypes.equals(read_rows([(1, ROW)]).dtypes)


def test_files_keep_the_order_given_whichever_reader_reads_them() -> None:
    quoted = b'"A123456789","hsiao@example.com","0912345678"\r\n\r\n' + ROW
    frame = read_rows([(9, quoted), (4, HEADER + ROW + ROW), (8, quoted), (1, ROW)])
    assert frame["file_id"].tolist() == [9, 9, 4, 4, 8, 8, 1]
    assert frame["row_number"].tolist() == [1, 2, 1, 2, 1, 2, 1]
    assert frame["line_number"].tolist() == [1, 3, 2, 3, 1, 3, 1]


@pytest.mark.parametrize("row", [ROW, ROW.replace(b"A123456789", b'"A123456789"')], ids=["plain", "careful"])
def test_rows_beyond_the_limit_refuse_the_file(row: bytes) -> None:
    content = HEADER + row * 3 + b"\r\n,,\r\n"
    assert opened(content, FileLimits(max_rows=3)).row_count == 3
    fault = refusal(content, FileLimits(max_rows=2))
    assert (fault.code, fault.detail) == ("FILE_TOO_LARGE", "檔案的資料超過上限2筆。")


def test_no_row_is_read_behind_the_one_beyond_the_limit() -> None:
    assert read_careful(b"1\n" * 1_000, max_rows=10).row_count == 11


def test_as_many_blank_rows_as_a_sheet_holds_are_read_and_no_more() -> None:
    blank = b",,\r\n"
    assert opened(HEADER + blank * 1_048_575 + ROW).row_count == 1
    fault = refusal(HEADER + blank * 1_048_576 + ROW)
    assert (fault.code, fault.detail) == ("FILE_TOO_LARGE", "檔案的空白列超過上限1,048,575列。")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"," * 16_000 + HEADER + b"x\n" * 10_000, "FILE_COLUMNS", id="short rows, wide header"),
        pytest.param(b"1\n" * 3_000_000, "FILE_TOO_LARGE", id="short rows"),
        pytest.param(HEADER + b"\n" * 10_000_000 + ROW, "FILE_TOO_LARGE", id="blank rows"),
        pytest.param(
            HEADER + (b'"' + b"\n" * 1_000 + b'"\n') * 5_000, "FILE_EMPTY", id="blank rows of many lines"
        ),
    ],
)
def test_a_hostile_file_is_refused_within_seconds(content: bytes, code: str) -> None:
    start = time.process_time()
    assert refusal(content).code == code
    assert time.process_time() - start < 8


def test_bytes_beyond_the_limit_refuse_the_file_before_it_is_read() -> None:
    limit = FileLimits(max_bytes=2 * MIB)
    fault = refusal(b'"' * (3 * MIB), limit)
    assert (fault.code, fault.detail) == ("FILE_TOO_LARGE", "檔案大小為3.0 MiB,上限為2.0 MiB。")


def test_a_workbook_beyond_the_limit_is_told_that_it_is_a_workbook() -> None:
    assert refusal(b"PK\x03\x04" + bytes(100), FileLimits(max_bytes=10)).code == "FILE_NOT_CSV"


@pytest.mark.parametrize("quote", [b"", b'"'], ids=["plain", "careful"])
def test_a_cell_of_ten_megabytes_is_a_cell(quote: bytes) -> None:
    content = HEADER + ROW + b"A123456789," + quote + b"x" * 10_000_000 + quote + b",0912345678\r\n"
    assert opened(content).row_count == 2
    assert read_rows([(1, content)])["email"].str.len().tolist() == [17, 10_000_000]


def test_256_columns_are_read_by_their_names_and_twenty_are_named() -> None:
    names = ",".join("備" * (number % 60 + 1) for number in range(253))
    content = f"{names},身分證號,電子郵件,手機\r\n".encode() + b"," * 253 + ROW
    found = opened(content)
    assert read_rows([(1, content)])["national_id"].tolist() == ["A123456789"]
    assert len(found.ignored_columns) == 20
    assert all(name in names for name in found.ignored_columns)


def test_a_long_column_name_is_cut_to_forty_characters() -> None:
    content = ("備" * 60 + ",身分證號,電子郵件,手機\r\n").encode() + b"," + ROW
    assert opened(content).ignored_columns == ("備" * 40,)


@pytest.mark.parametrize(
    "content",
    [b"," * 1_000_000 + b"x", HEADER + ROW + b"x" + b",x" * 1_000_000],
    ids=["header", "row"],
)
def test_more_columns_than_a_list_of_people_needs_are_refused(content: bytes) -> None:
    fault = refusal(content)
    assert fault.code == "FILE_COLUMNS"
    assert "1,000,001欄,上限為256欄。" in fault.detail


@pytest.mark.parametrize("names", [",,,身分證號,電子郵件,手機", "身分證號,,電子郵件,甲,手機"])
def test_short_rows_have_empty_cells_and_unnamed_data_is_told(names: str) -> None:
    content = f"{names}\r\nx\r\n,y\r\n".encode()
    assert read_rows([(1, content)])["phone"].tolist() == ["", ""]
    ignored = opened(content).ignored_columns
    assert [name for name in ignored if name.startswith("第")] == (
        ["第1欄", "第2欄"] if names.startswith(",") else ["第2欄"]
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"\n" * 5_000_000, "FILE_EMPTY", id="line ends"),
        pytest.param(HEADER + b",,\r\n" * 300_000, "FILE_EMPTY", id="blank rows of a whole sheet"),
        pytest.param(HEADER + b'"' * 5_000_001, "FILE_COLUMNS", id="quotes"),
        pytest.param(
            HEADER + b'x,"' + b"\n" * 5_000_000, "FILE_COLUMNS", id="unclosed quote over many lines"
        ),
        pytest.param(
            "\ufdfa".encode() * 1_000_000, "FILE_COLUMNS", id="text that NFKC makes 18 times as long"
        ),
        pytest.param(b"\xa4\xa4" * 2_000_000, "FILE_COLUMNS", id="one line of Big5"),
        pytest.param(b"\n" * 2_000_000 + b"\0", "FILE_ENCODING", id="NUL behind many lines"),
        pytest.param(codecs.BOM_UTF16_LE + bytes(2_000_000), "FILE_ENCODING", id="UTF-16 NULs"),
        pytest.param(codecs.BOM_UTF32_LE + "a,b,c".encode("utf-32-le"), "FILE_ENCODING", id="UTF-32"),
    ],
)
def test_hostile_bytes_end_in_one_refusal(content: bytes, code: str) -> None:
    assert refusal(content).code == code


def test_a_row_of_blanks_only_is_found_without_looking_twice_at_any_byte() -> None:
    content = HEADER + ROW + b" " * 10_000_000 + b"x,y,z\r\n"
    assert opened(content).row_count == 2


@pytest.mark.parametrize(
    "pair", [b"\x81\x40", b"\x8d\xfe", b"\x8e\x40", b"\xa0\xfe", b"\xc8\xa1", b"\xfa\x40", b"\xfe\xfe"]
)
def test_a_user_defined_pair_becomes_one_replacement_character(pair: bytes) -> None:
    content = "身分證號,電子郵件,手機\r\n".encode("cp950") + b"A123456789," + pair + b",0912345678\r\n"
    assert opened(content).encoding == "cp950"
    assert read_rows([(1, content)])["email"].tolist() == ["\ufffd"]


@pytest.mark.parametrize("octets", [b"\x80", b"\xff", b"\xa3\xfe", b"\x81\x2c", b"\xc6\x20"])
def test_bytes_outside_every_range_are_not_guessed(octets: bytes) -> None:
    content = (
        "身分證號,電子郵件,手機\r\n".encode("cp950") + ROW + b"A123456789," + octets + b",0912345678\r\n"
    )
    fault = refusal(content)
    assert fault.code == "FILE_ENCODING"
    assert "第2筆(試算表第3列)" in fault.detail


@pytest.mark.parametrize("surname", ["簡", "羅", "蘇"])
def test_big5_surnames_that_are_also_utf8_do_not_make_a_file_mixed(surname: str) -> None:
    content = "姓名,身分證號,電子郵件,手機\r\n".encode("cp950") + f"{surname},".encode("cp950") + ROW
    assert surname.encode("cp950").decode("utf-8") != surname
    assert opened(content).encoding == "cp950"


def test_a_place_counts_rows_without_blank_ones_and_lines_with_quoted_line_ends_as_one() -> None:
    content = HEADER + b'\r\n"A1\r\nB2",x,y\r\n,,\r\n' + b"A\xff,b,c\r\n"
    assert "第2筆(試算表第5列)" in refusal(content).detail


def test_names_in_a_refusal_are_cut_and_hold_no_control_characters() -> None:
    content = ("\u202e姓\x1b[名\t" + "長" * 100 + ",a\r\n").encode()
    detail = refusal(content).detail
    assert not any(character in detail for character in "\u202e\x1b\t")
    assert len(detail) < 120


def test_every_file_fault_about_content_has_wording() -> None:
    codes = ("FILE_EMPTY", "FILE_TOO_LARGE", "FILE_NOT_CSV", "FILE_ENCODING", "FILE_COLUMNS")
    assert all(FILE_FAULTS[code].hint for code in codes)
