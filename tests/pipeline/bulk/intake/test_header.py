"""Which rows are headers, and which names mean which column."""

from __future__ import annotations

import pytest

from pipeline.bulk.intake.employer_file.header import BY_POSITION, layout_of
from validators.faults import FileRefused


@pytest.mark.parametrize(
    "names",
    [
        ("身分證號", "電子郵件", "手機(或聯絡電話)"),
        ("身分證號", "電子郵件", "手機（或連絡電話）"),
        ("身份證字號", "電子信箱", "連絡電話"),
        ("統一證號", "Email", "行動電話"),
        ("身分證號(或居留證統一證號)", "電子郵件（Email）", "手機號碼*"),
        ("ID No.", "E-mail Address", "Phone Number"),
        ("national_id", "EMAIL", "mobile"),
        ("\ufeff 身分證號 ", "電子\n郵件", "手機\u3000號碼"),
    ],
    ids=["rules", "other 連絡", "other 身份", "short", "remarks", "English", "snake case", "stray blanks"],
)
def test_names_in_use_are_understood(names: tuple[str, ...]) -> None:
    assert layout_of(names).needed == (0, 1, 2)


def test_columns_are_found_by_name_wherever_they_stand() -> None:
    layout = layout_of(("序號", "手機", "姓名", "電子郵件", "身分證號"))
    assert layout.needed == (4, 3, 1)
    assert layout.ignored_columns(set()) == ("序號", "姓名")


@pytest.mark.parametrize(
    "first",
    [
        ("A123456789", "", ""),
        ("", "hsiao＠example.com", ""),
        ("", "", "０９１２"),
        ("身分證號", "電子郵件", "手機①"),
    ],
    ids=["digit", "full-width at", "full-width digits", "circled digit"],
)
def test_a_digit_or_at_sign_makes_the_first_row_data(first: tuple[str, ...]) -> None:
    assert layout_of(first) == BY_POSITION


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("身分證號", "電子郵件"), "缺少「手機(或聯絡電話)」,只找到:身分證號、電子郵件。"),
        (("統一編號", "電子郵件", "手機"), "缺少「身分證號」"),
        (("身分證號", "ID", "電子郵件", "手機"), "「身分證號」有2欄(身分證號、ID)"),
        (("A|B|C",), "缺少「身分證號」「電子郵件」「手機(或聯絡電話)」,只找到:A|B|C。"),
    ],
    ids=["missing", "business number is no ID", "doubled", "other separator"],
)
def test_a_header_without_just_our_three_columns_is_refused(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        layout_of(names)
    assert refusal.value.code == "FILE_COLUMNS"
    assert said in refusal.value.detail
