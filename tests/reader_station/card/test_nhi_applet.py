"""Reading the basic data from cards that behave in every way seen in the field."""

from __future__ import annotations

import pytest

from reader_station.card.apdu import Transmit
from reader_station.card.card_errors import BASIC_DATA, NOT_AN_NHI_CARD, CardError, CardFault
from reader_station.card.made_up_holder import write_basic_data
from reader_station.card.nhi_applet import AID, GET_BASIC_DATA, SELECT, read_basic_data
from reader_station.card.simulated_card import Profile, SimulatedCard
from tests.reader_station.sample_holders import MEI


def never(seconds: float) -> None:
    raise AssertionError(f"waited {seconds} s for nothing")


def card(profile: Profile) -> SimulatedCard:
    return SimulatedCard(MEI, profile, wait=lambda _: None, hang=lambda: None)


def scripted(select: str, *answers: str) -> Transmit:
    """A card that answers SELECT always the same and GET DATA one after the other."""
    left = [bytes.fromhex(answer) for answer in answers]
    return lambda command: bytes.fromhex(select) if command == SELECT else left.pop(0)


def test_select_carries_sixteen_bytes_of_aid_and_basic_data_are_asked_for_without_le() -> None:
    assert len(AID) == 16
    assert SELECT.hex().upper() == "00A4040010D1580000010000000000000000001100"
    assert GET_BASIC_DATA.hex().upper() == "00CA1100020000"


@pytest.mark.parametrize("profile", [Profile.GOOD, Profile.NEWEST, Profile.IN_PARTS, Profile.SLOW])
def test_a_good_card_gives_its_57_bytes_at_the_first_try(profile: Profile) -> None:
    assert read_basic_data(card(profile).answer, wait=never) == write_basic_data(MEI)


def test_a_cold_card_is_asked_once_more_after_200_ms() -> None:
    waited: list[float] = []
    assert read_basic_data(card(Profile.COLD).answer, wait=waited.append) == write_basic_data(MEI)
    assert waited == [0.2]


@pytest.mark.parametrize(
    ("select", "answer", "error"),
    [
        pytest.param("6A82", "6A86", NOT_AN_NHI_CARD, id="health professional card"),
        pytest.param("6A82", "6A88", NOT_AN_NHI_CARD, id="no such data"),
        pytest.param("6E00", "6E00", NOT_AN_NHI_CARD, id="no such class"),
        pytest.param("6D00", "6D00", NOT_AN_NHI_CARD, id="neither command known"),
        pytest.param("9000", "6A86", BASIC_DATA, id="our applet, but no data"),
        pytest.param("6D00", "6F00", BASIC_DATA, id="newest card with a fault inside"),
        pytest.param("9000", "6985", BASIC_DATA, id="not selected"),
        pytest.param("9000", "6700", BASIC_DATA, id="wrong length"),
        pytest.param("9000", "", BASIC_DATA, id="no answer"),
    ],
)
def test_what_a_refusal_means(select: str, answer: str, error: CardError) -> None:
    waited: list[float] = []
    with pytest.raises(CardFault) as refused:
        read_basic_data(scripted(select, answer, answer), wait=waited.append)
    assert refused.value.error is error
    assert waited == [0.2], "tried twice"


def test_the_cause_names_both_status_words_of_another_card() -> None:
    with pytest.raises(CardFault) as refused:
        read_basic_data(card(Profile.PROFESSIONAL).answer, wait=lambda _: None)
    assert refused.value.cause == "SELECT 6A82 FILE_NOT_FOUND, GET DATA 6A86 INCORRECT_PARAMETERS"
