"""What becomes of each file in `tests/data/employer_files`: its rows exactly as typed, or its one refusal."""

from __future__ import annotations

import re
from typing import Final

import pytest

from pipeline.bulk.intake.employer_file.opening import open_rows, read_rows
from pipeline.settings import ROOT
from validators.faults import FileRefused

FOLDER: Final = ROOT / "tests" / "data" / "employer_files"

ONE: Final = ("A123456789", "hsiao@example.com", "0912345678")
TWO: Final = ("B223456013", "mei@example.com", "0922345678")
THREE: Final = ("F100200300", "tai@example.com", "0932345678")
FOUR_ID: Final = "H200010006"

# Files whose three rows stand below a header in line 1: encoding, separator, ignored columns.
THREE_ROWS: Final = {
    "valid_utf8.csv": ("utf-8", ",", ()),
    "valid_utf8_with_bom.csv": ("utf-8-sig", ",", ()),
    "cp950.csv": ("cp950", ",", ()),
    "cp950_trail_byte_5c.csv": ("cp950", ",", ("姓名",)),
    "utf16_le_tabs.csv": ("utf-16", "\t", ()),
    "utf16_be_tabs.csv": ("utf-16", "\t", ()),
    "end_mark_1a.csv": ("utf-8", ",", ()),
    "end_mark_1a_before_line_end.csv": ("utf-8", ",", ()),
    "line_ends_lf.csv": ("utf-8", ",", ()),
    "line_ends_cr.csv": ("utf-8", ",", ()),
    "line_ends_mixed.csv": ("utf-8", ",", ()),
    "no_line_end_at_end.csv": ("utf-8", ",", ()),
    "semicolons.csv": ("utf-8", ";", ()),
    "semicolons_with_comma_in_header.csv": ("utf-8", ";", ()),
    "tabs.csv": ("utf-8", "\t", ()),
    "trailing_commas.csv": ("utf-8", ",", ()),
    "quoted_cells.csv": ("utf-8", ",", ()),
    "quoted_with_blank_after_comma.csv": ("utf-8", ",", ()),
    "header_variant_contact_phone.csv": ("utf-8", ",", ()),
    "header_full_width_brackets.csv": ("utf-8", ",", ()),
    "header_reordered.csv": ("utf-8", ",", ()),
    "header_english.csv": ("utf-8", ",", ()),
    "header_aliases.csv": ("utf-8", ",", ()),
}

# Files with rows of their own: (line number, ID, e-mail, phone).
OTHER_ROWS: Final = {
    "no_header.csv": [(1, *ONE), (2, *TWO), (3, *THREE)],
    "trailing_commas_no_header.csv": [(1, *ONE), (2, *TWO), (3, *THREE)],
    "other_separators_inside_cells.csv": [
        (2, ONE[0], "hsiao@example.com;h@example.com", ONE[2]),
        (3, TWO[0] + "\t", TWO[1], TWO[2] + ";"),
        (4, THREE[0], "", ";"),
    ],
    "tab_behind_first_id_no_header.csv": [(1, ONE[0] + "\t", *ONE[1:]), (2, *TWO)],
    "blank_rows.csv": [(3, *ONE), (7, *TWO), (9, *THREE)],
    "blank_rows_of_invisible_marks.csv": [(2, *ONE), (4, *TWO)],
    "rows_too_short.csv": [(2, *ONE), (3, *TWO[:2], ""), (4, THREE[0], "", "")],
    "further_columns.csv": [(2, *ONE), (3, *TWO)],
    "further_column_without_name.csv": [(2, *ONE), (3, *TWO)],
    "quoted_comma_and_newline.csv": [(2, *ONE), (3, TWO[0], TWO[1] + "\n", TWO[2]), (4, *THREE)],
    "cp950_user_defined_in_ignored_column.csv": [(2, *ONE), (3, *TWO)],
    "cp950_user_defined_in_needed_cell.csv": [(2, *ONE), (3, TWO[0], "\ufffd" + TWO[1], TWO[2])],
    "cell_lost_leading_zero.csv": [(2, *ONE), (3, *TWO[:2], "922345678")],
    "cell_float.csv": [(2, *ONE), (3, *TWO[:2], "922345678.0")],
    "cell_scientific.csv": [(2, *ONE), (3, *TWO[:2], "9.22E+08")],
    "cell_full_width.csv": [
        (2, "Ａ１２３４５６７８９", "ｈｓｉａｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "０９１２３４５６７８")
    ],
    "cell_full_width_no_header.csv": [
        (1, "Ａ１２３４５６７８９", "ｈｓｉａｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "０９１２３４５６７８")
    ],
    "cell_text_guards.csv": [
        (2, "'A123456789", ONE[1], "'0912345678"),
        (3, '="B223456013"', TWO[1], '="0922345678"'),
        (4, '="F100200300"', THREE[1], '="0932345678"'),
    ],
    "cell_stray_blanks.csv": [
        (2, " A123456789 ", "hsiao@example.com\xa0", "\u30000912345678"),
        (3, "B223456013\u200b", "\ufeffmei@example.com", "0922345678\t"),
        (4, THREE[0], "ta i@example.com", THREE[2]),
    ],
    "cell_lower_case_id.csv": [(2, "a123456789", *ONE[1:])],
    "cell_hyphen_kinds.csv": [
        (2, *ONE[:2], "0912－345－678"),
        (3, *TWO[:2], "0922‑345‑678"),
        (4, *THREE[:2], "0932–345–678"),
        (5, FOUR_ID, "li@example.com", "0942—345—678"),
    ],
    "cell_formulas.csv": [(2, "=cmd|'/C calc'!A0", "@SUM(A1:A2)", "+0912345678"), (3, *TWO)],
    "cell_line_end_inside.csv": [(2, ONE[0] + "\n第99筆資料:", ONE[1], ONE[2] + "\r\n"), (3, *TWO)],
    "double_rows.csv": [(2, *ONE), (3, *ONE), (4, TWO[0], ONE[1], TWO[2])],
}

IGNORED: Final = {
    "further_columns.csv": ("序號", "姓名", "備註"),
    "further_column_without_name.csv": ("第4欄",),
    "quoted_comma_and_newline.csv": ("備註",),
    "cp950_user_defined_in_ignored_column.csv": ("姓名",),
}

# Refused files: the code, and what the detail must say.
REFUSED: Final = {
    "empty.csv": ("FILE_EMPTY", ""),
    "only_bom.csv": ("FILE_EMPTY", ""),
    "only_end_mark.csv": ("FILE_EMPTY", ""),
    "only_header.csv": ("FILE_EMPTY", ""),
    "only_blank_rows.csv": ("FILE_EMPTY", ""),
    "7z_renamed.csv": ("FILE_NOT_CSV", "7z"),
    "docx_renamed.csv": ("FILE_NOT_CSV", "Office"),
    "gzip_renamed.csv": ("FILE_NOT_CSV", "gzip"),
    "html_renamed.csv": ("FILE_NOT_CSV", "HTML"),
    "ods_renamed.csv": ("FILE_NOT_CSV", ".ods"),
    "pdf_renamed.csv": ("FILE_NOT_CSV", "PDF"),
    "png_renamed.csv": ("FILE_NOT_CSV", "圖片"),
    "rar_renamed.csv": ("FILE_NOT_CSV", "RAR"),
    "rtf_renamed.csv": ("FILE_NOT_CSV", "RTF"),
    "xls_renamed.csv": ("FILE_NOT_CSV", ".xls"),
    "xlsx_renamed.csv": ("FILE_NOT_CSV", ".xlsx"),
    "xlsx_with_password_renamed.csv": ("FILE_NOT_CSV", "密碼"),
    "zip_encrypted_renamed.csv": ("FILE_NOT_CSV", "加密的ZIP"),
    "zip_renamed.csv": ("FILE_NOT_CSV", "ZIP"),
    "cp950_cut_inside_a_character.csv": ("FILE_ENCODING", "第1筆(試算表第2列)"),
    "cp950_undecodable_byte_row_2.csv": ("FILE_ENCODING", "第2筆(試算表第3列)"),
    "mixed_bom_then_cp950.csv": ("FILE_ENCODING", "第1筆(試算表第2列)"),
    "mixed_cp950_row_in_utf8.csv": ("FILE_ENCODING", "第2筆(試算表第4列)"),
    "mixed_utf8_row_in_cp950.csv": ("FILE_ENCODING", "第2筆(試算表第3列)"),
    "mixed_utf8_row_that_cp950_can_read.csv": ("FILE_ENCODING", "第2筆(試算表第3列)"),
    "nul_in_row_2.csv": ("FILE_ENCODING", "第2筆(試算表第3列)含有NUL"),
    "utf16_cut_inside_a_character.csv": ("FILE_ENCODING", "第3筆(試算表第4列)"),
    "utf16_without_bom.csv": ("FILE_ENCODING", "試算表第1列含有NUL"),
    "further_column_no_header.csv": ("FILE_COLUMNS", "第2筆(試算表第2列)的第4欄"),
    "header_doubled_phone.csv": ("FILE_COLUMNS", "有2欄(手機、聯絡電話)"),
    "header_missing_email.csv": ("FILE_COLUMNS", "缺少「電子郵件」,只找到:身分證號、姓名、手機。"),
    "header_title_row_above.csv": ("FILE_COLUMNS", "只找到:註冊名冊。"),
    "text_behind_quote_row_1.csv": ("FILE_COLUMNS", "第1筆(試算表第2列)的引號"),
    "unclosed_quote_closed_by_another.csv": ("FILE_COLUMNS", "第1筆(試算表第2列)的引號"),
    "unclosed_quote_row_2.csv": ("FILE_COLUMNS", "第2筆(試算表第3列)的引號"),
}


def rows_of(name: str) -> list[tuple[int, int, str, str, str]]:
    """(row number, line number, ID, e-mail, phone) of every row."""
    frame = read_rows([(7, (FOLDER / name).read_bytes())])
    return list(frame.drop(columns="file_id").itertuples(index=False, name=None))


@pytest.mark.parametrize("name", THREE_ROWS)
def test_a_file_with_a_repairable_form_gives_its_three_rows(name: str) -> None:
    opened = open_rows((FOLDER / name).read_bytes())[0]
    assert (opened.encoding, opened.separator, opened.ignored_columns) == THREE_ROWS[name]
    assert (opened.has_header, opened.row_count) == (True, 3)
    assert rows_of(name) == [(1, 2, *ONE), (2, 3, *TWO), (3, 4, *THREE)]


@pytest.mark.parametrize("name", OTHER_ROWS)
def test_cells_stay_as_typed_and_lines_are_the_spreadsheets(name: str) -> None:
    expected = [(number, *row) for number, row in enumerate(OTHER_ROWS[name], 1)]
    opened = open_rows((FOLDER / name).read_bytes())[0]
    assert rows_of(name) == expected
    assert opened.row_count == len(expected)
    assert opened.has_header is ("no_header" not in name)
    assert opened.ignored_columns == IGNORED.get(name, ())


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_trusted_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        open_rows((FOLDER / name).read_bytes())[0]
    code, said = REFUSED[name]
    assert refusal.value.code == code
    assert said in refusal.value.detail


def test_all_files_opened_together_give_the_same_rows_as_one_by_one() -> None:
    names = [*THREE_ROWS, *OTHER_ROWS]
    together = read_rows((number, (FOLDER / name).read_bytes()) for number, name in enumerate(names))
    apart = [(number, *row) for number, name in enumerate(names) for row in rows_of(name)]
    assert list(together.itertuples(index=False, name=None)) == apart


def test_the_manifest_tells_what_becomes_of_every_file() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    manifest = dict(re.findall(r"^\| `(\S+)` \| .+ \| (.+) \|$", text, re.MULTILINE))
    becomes = dict.fromkeys(THREE_ROWS, "rows: 3")
    becomes |= {name: f"rows: {len(rows)}" for name, rows in OTHER_ROWS.items()}
    becomes |= {name: code for name, (code, _) in REFUSED.items()}
    assert manifest == becomes
    assert {path.name for path in FOLDER.glob("*.csv")} == set(manifest)
