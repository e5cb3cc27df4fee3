"""The simulated reader does what the real one does, without any of its parts."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from pipeline.settings import ROOT
from reader_station.card.card_errors import CardFault
from reader_station.card.reader import ReadCard, Reader
from reader_station.card.simulated_card import Profile
from reader_station.card.simulated_reader import SimulatedReader
from tests.reader_station.card.watching import SeenStates
from tests.reader_station.sample_holders import HOLDERS, MEI, MING


@pytest.fixture
def reader() -> SimulatedReader:
    return SimulatedReader(HOLDERS)


@pytest.fixture
def seen(reader: SimulatedReader) -> SeenStates:
    seen = SeenStates()
    reader.start(seen)
    return seen


def place_of(reader: SimulatedReader, profile: Profile) -> int:
    return next(place for place, card in enumerate(reader.tray) if card.profile is profile)


def code_of(reader: Reader) -> str:
    with pytest.raises(CardFault) as refused:
        reader.read()
    return refused.value.error.code


def test_the_tray_holds_a_good_card_for_each_person_and_every_bad_one(reader: SimulatedReader) -> None:
    assert [card.holder for card in reader.tray[: len(HOLDERS)]] == list(HOLDERS)
    missing = {Profile.IN_PARTS, Profile.COLD, Profile.HUNG}
    assert {card.profile for card in reader.tray} == set(Profile) - missing
    assert all(card.label and card.label_en for card in reader.tray)
    assert all(holder.name not in card.label for card in reader.tray for holder in HOLDERS)


def test_every_insertion_and_removal_is_reported(reader: SimulatedReader, seen: SeenStates) -> None:
    reader.insert(0)
    reader.insert(1)
    reader.remove()
    reader.remove()
    assert [(state.card, state.insertion) for state in seen.states] == [
        (False, 0),
        (True, 1),
        (False, 2),
        (True, 3),
        (False, 4),
    ]
    reader.stop()
    reader.insert(0)
    assert len(seen.states) == 5


def test_a_reading_is_of_the_card_that_is_in(reader: SimulatedReader, seen: SeenStates) -> None:
    for place, holder in enumerate(HOLDERS):
        reader.insert(place)
        card = reader.read()
        assert card.holder == holder
        assert seen.shows(card)
    reader.remove()
    assert not seen.shows(card)


@pytest.mark.parametrize(
    ("profile", "code"),
    [
        (Profile.PROFESSIONAL, "8006"),
        (Profile.SHORT, "8011"),
        (Profile.CUT, "8013"),
        (Profile.SWAPPED, "8013"),
        (Profile.MUTE, "8013"),
    ],
)
def test_a_bad_card_fails_as_a_real_one(
    reader: SimulatedReader, seen: SeenStates, profile: Profile, code: str
) -> None:
    reader.insert(place_of(reader, profile))
    assert code_of(reader) == code
    assert seen.last.card is (profile is not Profile.CUT)
    if profile is Profile.SWAPPED:
        assert reader.read().holder == MING


@pytest.mark.parametrize("profile", [Profile.NEWEST, Profile.SLOW])
def test_an_unusual_card_is_read(reader: SimulatedReader, seen: SeenStates, profile: Profile) -> None:
    reader.insert(place_of(reader, profile))
    assert reader.read().holder == MEI


def test_service_and_reader_can_be_taken_away_and_given_back(
    reader: SimulatedReader, seen: SeenStates
) -> None:
    assert code_of(reader) == "7004"
    reader.insert(0)
    before = seen.last.insertion
    reader.serve(is_running=False)
    assert (seen.last.service, code_of(reader)) == (False, "7001")
    reader.serve(is_running=True)
    assert seen.last.card
    assert seen.last.insertion > before
    reader.plug(is_plugged_in=False)
    assert (seen.last.reader, code_of(reader)) == (None, "7002")
    reader.plug(is_plugged_in=True)
    assert code_of(reader) == "7004", "the card went with the reader"


def test_a_card_taken_out_while_it_is_read_is_8013(reader: SimulatedReader, seen: SeenStates) -> None:
    reader.insert(place_of(reader, Profile.SLOW))
    timer = threading.Timer(0.3, reader.remove)
    timer.start()
    assert code_of(reader) == "8013"
    timer.join()


def test_it_needs_no_pyscard_and_of_the_pipeline_only_its_words() -> None:
    loading = (
        "import sys; sys.modules['smartcard'] = None\n"
        "import reader_station.card.simulated_reader, reader_station.card.pcsc_codes\n"
        "assert {name for name in sys.modules if name.startswith('pipeline.')} == {'pipeline.words'}\n"
        "assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", loading], cwd=ROOT, check=True, timeout=20)


def test_both_readers_have_the_one_face(reader: SimulatedReader) -> None:
    pcsc_reader = pytest.importorskip("reader_station.card.pcsc_reader", reason="needs pyscard")
    faces: list[Reader] = [reader, pcsc_reader.PcscReader()]
    assert all(callable(getattr(face, name)) for face in faces for name in ("start", "stop", "read"))
    assert ReadCard.__annotations__.keys() == {"reader", "atr", "holder", "insertion"}
