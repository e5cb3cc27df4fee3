"""One table of blanks: a cell that the validators call empty makes no row, and the other way round."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from pipeline.bulk.intake.employer_file.records import is_blank
from validators import cell_text, characters, phone
from validators.name_keys import name_key


def test_a_cell_is_empty_exactly_where_its_row_would_be_blank() -> None:
    differing = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if (cell_text.clean(chr(code)).value == "") is not is_blank([chr(code)])
    ]
    assert differing == [hex(ord("'")), hex(ord("＇"))], "a lone text guard is seen in the spreadsheet"


@pytest.mark.parametrize("mark", ["\u00ad", "\u200e", "\u202c", "\u2060", "\u2066", "\ufeff"])
def test_marks_that_take_no_room_are_blanks(mark: str) -> None:
    assert mark in characters.BLANKS
    assert is_blank([mark, "", mark * 2])


@pytest.mark.parametrize("dash", characters.DASHES, ids=unicodedata.name)
def test_every_dash_is_a_hyphen_in_phones_and_nothing_in_names(dash: str) -> None:
    assert phone.normalize(f"0912{dash}345678").value == "0912345678"
    assert name_key(f"Lin{dash}Yi") == name_key("Lin-Yi") == name_key("LinYi")


@pytest.mark.parametrize("quote", characters.QUOTES, ids=unicodedata.name)
def test_every_quote_is_dropped_around_phones_and_inside_names(quote: str) -> None:
    assert phone.normalize(f"{quote}0912345678{quote}").value == "0912345678"
    assert name_key(f"O{quote}Lin") == name_key("OLin")
