"""Facts about made-up numbers: valid, and never the same for two people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sample.numbers import (
    card_numbers,
    former_numbers,
    mobile_numbers,
    person_numbers,
    scatter,
    unit_codes,
)
from pipeline.sample.plain import check_digit
from validators import national_id, person_id, phone, resident_id, unit_code

SEEDS = st.integers(0, 2**63)
FIRSTS = st.integers(0, 40_000_000)


@given(seed=SEEDS, first=FIRSTS)
def test_every_number_is_valid_and_nobodys_else(seed: int, first: int) -> None:
    index = np.arange(first, first + 50, dtype=np.int64)
    resident = index % 3 == 0
    numbers = person_numbers(index, resident, seed=seed).to_pylist()
    assert len(set(numbers)) == len(numbers)
    for number, is_resident in zip(numbers, resident, strict=True):
        assert (resident_id.new_form_fault if is_resident else national_id.fault)(number) is None
    assert all(
        resident_id.old_form_fault(number) is None for number in former_numbers(index, seed=seed).to_pylist()
    )


@given(seed=SEEDS, first=FIRSTS)
def test_cards_phones_and_units_have_their_shape(seed: int, first: int) -> None:
    index = np.arange(first, first + 20, dtype=np.int64)
    cards = card_numbers(index, seed=seed).to_pylist()
    assert len(set(cards)) == len(cards)
    assert all(len(card) == 12 and card.startswith("0000") for card in cards)
    assert all(phone.check(number).fault is None for number in mobile_numbers(index, seed=seed).to_pylist())
    codes = unit_codes(index, seed=seed).to_pylist()
    assert all(unit_code.is_valid(code) and code[0] in "123456" for code in codes)


@given(seed=SEEDS, space=st.integers(1, 5_000))
def test_scattering_is_one_to_one(seed: int, space: int) -> None:
    scattered = scatter(np.arange(space, dtype=np.int64), space, seed)
    assert sorted(scattered.tolist()) == list(range(space))


@pytest.mark.parametrize("number", ["A123456789", "Y123456788", "A800000014", "L122544270", "O158238845"])
def test_the_check_digit_of_known_numbers(number: str) -> None:
    assert check_digit(number[0], number[1:9]) == number[9]
    assert person_id.fault(number) is None
