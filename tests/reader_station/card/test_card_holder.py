"""57 bytes to a card holder: every field, every fault, every kind of name."""

from __future__ import annotations

import copy
import pickle
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_station.card.card_errors import BASIC_DATA, CardError, CardFault
from reader_station.card.card_holder import BASIC_DATA_BYTES, CardHolder, parse_basic_data
from reader_station.card.card_name import decode_name
from reader_station.card.made_up_holder import name_field, with_unreadable_character, write_basic_data
from reader_station.card.reader import ReadCard
from tests.reader_station.sample_holders import HOLDERS, MEI

GOOD = write_basic_data(MEI)


def with_bytes(place: int, new: bytes) -> bytes:
    return GOOD[:place] + new + GOOD[place + len(new) :]


def fault_of(data: bytes) -> CardError | None:
    try:
        parse_basic_data(data)
    except CardFault as fault:
        return fault.error
    return None


def test_every_field_is_where_the_card_has_it() -> None:
    assert len(GOOD) == BASIC_DATA_BYTES
    holder = parse_basic_data(GOOD)
    assert holder.card_number.reveal() == "000002361001"
    assert (holder.name, holder.name_incomplete) == ("林美玲", False)
    assert holder.national_id.reveal() == MEI.national_id.reveal()
    assert (holder.birth_date, holder.sex, holder.issue_date) == (MEI.birth_date, "F", date(2014, 11, 26))
    assert holder.raw_name == name_field("林美玲")


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: holder.national_id)
def test_what_a_made_up_card_gives_is_read_back(holder: CardHolder) -> None:
    assert parse_basic_data(write_basic_data(holder)) == holder


def test_what_follows_the_57_bytes_is_not_read() -> None:
    assert parse_basic_data(GOOD + b"10912345678   ") == MEI


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(GOOD[:-1], id="one byte short"),
        pytest.param(bytes(57), id="all zero"),
        pytest.param(b"\xff" * 57, id="all FF"),
        pytest.param(with_bytes(3, b"A"), id="letter in the card number"),
        pytest.param(with_bytes(3, b"\xb2"), id="no ASCII in the card number"),
        pytest.param(with_bytes(32, b"12"), id="ID without a letter"),
        pytest.param(with_bytes(33, b"3"), id="ID of no kind"),
        pytest.param(with_bytes(42, b"0691301"), id="13th month"),
        pytest.param(with_bytes(42, b"0000101"), id="year 0"),
        pytest.param(with_bytes(49, b"X"), id="neither M nor F"),
        pytest.param(with_bytes(50, b"1030230"), id="30th of February"),
        pytest.param(with_bytes(50, b"       "), id="no date of issue"),
    ],
)
def test_data_that_cannot_be_right_are_8011_and_stand_in_no_message(data: bytes) -> None:
    with pytest.raises(CardFault) as refused:
        parse_basic_data(data)
    assert refused.value.error is BASIC_DATA
    printed = f"{refused.value} {refused.value!r} {refused.value.cause}"
    assert not any(piece in printed for piece in ("2361001", "069", "林"))


@pytest.mark.parametrize(
    ("field", "name", "is_incomplete"),
    [
        pytest.param(name_field("林美玲"), "林美玲", False, id="NUL-padded"),
        pytest.param("林美玲".encode("cp950").ljust(20), "林美玲", False, id="padded with spaces"),
        pytest.param(
            ("林美玲" + "\u3000" * 7).encode("cp950"), "林美玲", False, id="padded with wide spaces"
        ),
        pytest.param(b"\xaa\x4c\0\xff\xff".ljust(20, b"\xff"), "林", False, id="cut at the first NUL"),
        pytest.param(name_field("碁裏"), "碁裏", False, id="in CP950, not in Python's big5"),
        pytest.param(b"\xaa\x4c\xfa\x40".ljust(20, b"\0"), "林\ue000", True, id="user-defined"),
        pytest.param(
            "一二三四五六七八九".encode("cp950") + b"A\xa4", "一二三四五六七八九A", True, id="cut in two"
        ),
        pytest.param("一二三四五六七八九十".encode("cp950"), "一二三四五六七八九十", True, id="no room left"),
        pytest.param(b"\x80\xaa\x4c".ljust(20, b"\0"), "\ufffd林", True, id="a byte that begins nothing"),
        pytest.param(b"\xaa\x20\xaa\x4c".ljust(20, b"\0"), "\ufffd 林", True, id="a broken character alone"),
        pytest.param(b"A\x1b[2J".ljust(20, b"\0"), "A\ufffd[2J", True, id="control characters"),
        pytest.param(bytes(20), "", True, id="no name"),
    ],
)
def test_a_name_is_decoded_character_by_character(field: bytes, name: str, is_incomplete: bool) -> None:
    assert decode_name(field) == (name, is_incomplete)


@pytest.mark.parametrize(
    ("pair", "character"),
    [
        ("FA40", "\ue000"),
        ("FEFE", "\ue310"),
        ("8E40", "\ue311"),
        ("A0FE", "\ueeb7"),
        ("8140", "\ueeb8"),
        ("8DFE", "\uf6b0"),
        ("C7FD", "\uf7aa"),  # those before it have characters of their own in Python's CP950
        ("C8FE", "\uf848"),
    ],
)
def test_user_defined_pairs_become_the_private_use_that_windows_gives_them(pair: str, character: str) -> None:
    assert decode_name(bytes.fromhex(pair).ljust(20, b"\0")) == (character, True)


def test_no_two_pairs_become_the_same_private_character() -> None:
    pairs = [
        bytes((lead, trail))
        for lead in range(0x81, 0xFF)
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    ]
    private = [name for name in (decode_name(pair)[0] for pair in pairs) if "\ue000" <= name <= "\uf8ff"]
    assert len(private) == len(set(private)) > 5000


def test_a_character_that_cannot_be_read_is_shown_and_kept_as_the_card_has_it() -> None:
    holder = parse_basic_data(write_basic_data(with_unreadable_character(MEI)))
    assert (holder.name, holder.name_incomplete) == ("林〓玲", True)
    assert decode_name(holder.raw_name) == ("林\ue000玲", True)
    assert holder.raw_name[2:4] == b"\xfa\x40"


@given(st.binary(min_size=20, max_size=20))
def test_no_name_keeps_a_card_out(field: bytes) -> None:
    holder = parse_basic_data(with_bytes(12, field))
    assert not {"Cc", "Cf", "Co", "Cn", "Cs"} & set(map(unicodedata.category, holder.name))
    assert holder.raw_name == field


@given(st.binary(max_size=80))
def test_any_bytes_are_a_holder_or_8011(data: bytes) -> None:
    assert fault_of(data) in (None, BASIC_DATA)


def test_a_holder_prints_masked_and_leaves_no_process() -> None:
    card = ReadCard("Reader", b"\x3b", MEI, 1)
    for printed in (repr(MEI), str(MEI), f"{card}", repr([card])):
        assert "0000****1001" in printed
        for personal in ("000002361001", "林美玲", MEI.national_id.reveal(), str(MEI.birth_date), "raw_name"):
            assert personal not in printed
    with pytest.raises(TypeError):
        pickle.dumps(MEI)
    with pytest.raises(TypeError):
        pickle.dumps(MEI.card_number)
    assert copy.deepcopy(MEI.card_number) is MEI.card_number
    with pytest.raises(AttributeError):
        MEI.card_number._text = "1"
