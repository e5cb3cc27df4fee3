"""When what a person typed agrees with the register."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.accounts.rules.household import is_same_name, is_same_village
from validators.name_keys import place_key


@pytest.mark.parametrize(
    ("typed", "known", "same"),
    [
        pytest.param("林怡安", "林怡安", True, id="the same"),
        pytest.param("林怡君", "林怡安", False, id="another"),
        pytest.param("林怡", "林怡安", False, id="cut short"),
        pytest.param("林怡安安", "林怡安", False, id="longer"),
        pytest.param("", "林怡安", False, id="empty"),
        pytest.param("林怡安", "", False, id="not known"),
        pytest.param("林〓安", "林怡安", True, id="unreadable on the card"),
        pytest.param("林\ue000安", "林怡安", True, id="private use"),
        pytest.param("林\ufffd安", "林怡安", True, id="replacement character"),
        pytest.param("林怡安", "林\ue123安", True, id="unreadable in the register"),
        pytest.param("ＬＩＮ ＹＩ－ＡＮ", "lin yi-an", True, id="full-width, case"),
        pytest.param("夏曼·藍波安", "夏曼藍波安", True, id="a dot between"),
        pytest.param(
            "Maria Anna Josefa Do", "Maria Anna Josefa Dolores", True, id="fills the card's 20 bytes"
        ),
        pytest.param(
            "Maria Anna Josefa D", "Maria Anna Josefa Dolores", True, id="19 bytes: a pair cut in two"
        ),
        pytest.param("Maria Anna Josefa", "Maria Anna Josefa Dolores", False, id="17 bytes are not full"),
        pytest.param("Mario Anna Josefa Do", "Maria Anna Josefa Dolores", False, id="full, but another"),
        pytest.param(
            "一二三四五六七八九十", "一二三四五六七八九十甲乙", True, id="ten characters of two bytes"
        ),
        pytest.param(
            "一二三四五六七八九十甲乙", "一二三四五六七八九十", False, id="longer than the register's"
        ),
    ],
)
def test_a_name_agrees(typed: str, known: str, same: bool) -> None:
    assert is_same_name(typed, known) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("龍門里", "龍門", True),
        ("龍門村", "龍門里", True),
        ("中里", "中里里", True),
        ("里", "里", True),
        ("台安里", "臺安里", True),
        ("龍門里", "龍泉里", False),
        ("", "龍門里", False),
    ],
)
def test_a_village_agrees(one: str, other: str, same: bool) -> None:
    assert is_same_village(one, other) is is_same_village(other, one) is same


@given(st.text(max_size=12))
def test_every_text_agrees_with_itself(text: str) -> None:
    assert is_same_village(text, text)
    assert place_key(place_key(text)) == place_key(text)
