"""The real stack: pcscd, vpcd and a virtual card that behaves in every way, read by our own code."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from smartcard import scard

from pipeline.settings import ROOT
from reader_station.card.card_errors import CardFault
from reader_station.card.card_name import UNREADABLE
from reader_station.card.made_up_holder import with_unreadable_character
from reader_station.card.pcsc import has_card, list_readers, open_context, read_card
from reader_station.card.pcsc_reader import PcscReader
from reader_station.card.simulated_card import Profile
from tests.reader_station.card.watching import SeenStates
from tests.reader_station.pcscd import SLOTS, SOCKET_VARIABLE, Pcscd
from tests.reader_station.sample_holders import MEI, MING
from tests.reader_station.virtual_card import wait_until

READER = SLOTS[0]
NOBODY = 65534


def inserted(pcsc: Pcscd, profile: Profile = Profile.GOOD) -> None:
    pcsc.insert(MEI, profile, other=MING)
    wait_until(lambda: has_card(READER))


def code_of(reading: Callable[[], object]) -> str:
    with pytest.raises(CardFault) as refused:
        reading()
    return refused.value.error.code


@contextmanager
def watched(read_seconds: float = 10.0) -> Iterator[tuple[PcscReader, SeenStates]]:
    reader, seen = PcscReader(read_seconds=read_seconds), SeenStates()
    reader.start(seen)
    try:
        yield reader, seen
    finally:
        reader.stop()


@contextmanager
def held(mode: int) -> Iterator[int]:
    """Another program's connection to the card."""
    with open_context() as context:
        hresult, card, _ = scard.SCardConnect(context, READER, mode, scard.SCARD_PROTOCOL_T1)
        assert hresult == scard.SCARD_S_SUCCESS
        yield card
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)


def test_both_slots_of_the_virtual_reader_are_listed(pcsc: Pcscd) -> None:
    assert tuple(list_readers()) == SLOTS


@pytest.mark.parametrize(
    "profile", [Profile.GOOD, Profile.NEWEST, Profile.IN_PARTS, Profile.COLD, Profile.SLOW]
)
def test_a_card_that_can_be_read_is_read(pcsc: Pcscd, profile: Profile) -> None:
    inserted(pcsc, profile)
    card = read_card(READER)
    assert card.holder == MEI
    assert card.reader == READER
    assert card.atr[:1] == b"\x3b"


def test_a_rare_name_is_read_with_a_mark_for_what_is_missing(pcsc: Pcscd) -> None:
    pcsc.insert(with_unreadable_character(MEI))
    wait_until(lambda: has_card(READER))
    holder = read_card(READER).holder
    assert (holder.name, holder.name_incomplete) == (f"林{UNREADABLE}玲", True)


@pytest.mark.parametrize(
    ("profile", "code"),
    [(Profile.PROFESSIONAL, "8006"), (Profile.SHORT, "8011"), (Profile.CUT, "8013")],
)
def test_a_card_that_cannot_be_read_says_why(pcsc: Pcscd, profile: Profile, code: str) -> None:
    inserted(pcsc, profile)
    assert code_of(lambda: read_card(READER)) == code


def test_a_mute_card_is_no_card(pcsc: Pcscd) -> None:
    pcsc.insert(MEI, Profile.MUTE)
    time.sleep(0.6)  # longer than pcscd takes to see any card
    assert code_of(lambda: read_card(READER)) == "7004"


def test_a_card_swapped_while_it_is_read_never_gives_the_first_ones_data(pcsc: Pcscd) -> None:
    inserted(pcsc, Profile.SWAPPED)
    with suppress(CardFault):  # 8013, or all of the new card's
        assert read_card(READER).holder == MING


def test_no_card_is_7004_and_no_such_reader_7002(pcsc: Pcscd) -> None:
    assert code_of(lambda: read_card(READER)) == "7004"
    assert code_of(lambda: read_card("Another reader")) == "7002"


def test_without_the_service_all_is_7001(pcsc: Pcscd) -> None:
    pcsc.kill()
    assert code_of(list_readers) == "7001"
    assert code_of(lambda: read_card(READER)) == "7001"


def test_a_reader_that_another_program_keeps_to_itself_is_7003(pcsc: Pcscd) -> None:
    inserted(pcsc)
    with held(scard.SCARD_SHARE_EXCLUSIVE):
        assert code_of(lambda: read_card(READER)) == "7003"
    assert read_card(READER).holder == MEI


def test_a_reader_that_is_in_use_for_a_moment_is_waited_for(pcsc: Pcscd) -> None:
    inserted(pcsc)
    with held(scard.SCARD_SHARE_EXCLUSIVE) as card:
        timer = threading.Timer(0.4, lambda: scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD))
        timer.start()
        assert read_card(READER).holder == MEI
        timer.join()


def test_another_programs_connection_goes_on_after_we_have_read(pcsc: Pcscd) -> None:
    inserted(pcsc)
    with held(scard.SCARD_SHARE_SHARED) as card:
        assert read_card(READER).holder == MEI
        hresult, _ = scard.SCardTransmit(card, scard.SCARD_PCI_T1, [0, 0x84, 0, 0, 8])
        assert hresult == scard.SCARD_S_SUCCESS, "the card was neither reset nor powered off"


def test_a_card_that_never_answers_is_given_up_and_the_next_one_is_read(pcsc: Pcscd) -> None:
    with watched(read_seconds=1.0) as (reader, seen):
        pcsc.insert(MEI, Profile.HUNG)
        seen.wait_for_card()
        began = time.monotonic()
        assert code_of(reader.read) == "8013"
        assert time.monotonic() - began < 1.5
        pcsc.remove()
        seen.wait_for_card(is_in=False)
        pcsc.insert(MING)
        seen.wait_for_card()
        assert reader.read().holder == MING


def test_each_slot_gives_its_own_card(pcsc: Pcscd) -> None:
    pcsc.insert(MEI, slot=0)
    pcsc.insert(MING, slot=1)
    wait_until(lambda: all(map(has_card, SLOTS)))
    assert [read_card(name).holder for name in SLOTS] == [MEI, MING]


def test_a_reading_belongs_to_the_reported_insertion_and_to_no_later_one(pcsc: Pcscd) -> None:
    with watched() as (reader, seen):
        seen.wait_for_card(is_in=False)
        pcsc.insert(MEI)
        seen.wait_for_card()
        card = reader.read()
        assert seen.shows(card)
        pcsc.insert(MEI)
        seen.wait_for(lambda state: state.card and state.insertion != card.insertion)
        assert not seen.shows(card)


@pytest.mark.parametrize("before", ["not started", "no card", "no service"])
def test_what_the_monitor_knows_is_said_without_asking_the_card(pcsc: Pcscd, before: str) -> None:
    if before == "not started":
        assert code_of(PcscReader().read) == "7001"
        return
    with watched() as (reader, seen):
        seen.wait_for_card(is_in=False)
        if before == "no card":
            assert code_of(reader.read) == "7004"
        else:
            pcsc.kill()
            seen.wait_for(lambda state: not state.service)
            assert code_of(reader.read) == "7001"


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can try it as another user; every other test is an ordinary one"
)
def test_the_whole_stack_runs_as_an_ordinary_user(pcscd_path: str) -> None:
    service = Pcscd(pcscd_path, become=lambda: os.setuid(NOBODY))
    try:
        service.start()
        service.insert(MEI)
        reading = (
            "import time\n"
            "from reader_station.card.pcsc import has_card, list_readers, read_card\n"
            "name = list_readers()[0]\n"
            "while not has_card(name): time.sleep(0.01)\n"
            "print(read_card(name).holder.card_number)"
        )
        done = subprocess.run(
            [sys.executable, "-c", reading],
            cwd=ROOT,
            env={SOCKET_VARIABLE: str(service.socket)},
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        assert done.stdout.strip() == str(MEI.card_number)
    finally:
        service.close()
