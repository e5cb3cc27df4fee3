"""The monitor on the real stack: every card is reported quickly, also after a restart of the service."""

from __future__ import annotations

import os
import resource
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from reader_station.card.monitor import CardMonitor
from reader_station.card.pcsc import has_card, read_card
from reader_station.card.reader import ReaderState
from tests.reader_station.card.watching import SeenStates
from tests.reader_station.pcscd import SLOTS, Pcscd
from tests.reader_station.sample_holders import MEI, MING
from tests.reader_station.virtual_card import wait_until

CYCLES = 100


@pytest.fixture
def seen(pcsc: Pcscd) -> Iterator[SeenStates]:
    """The states that a running monitor reports, after the first one without a card."""
    seen = SeenStates()
    monitor = CardMonitor(seen)
    monitor.start()
    seen.wait_for_card(is_in=False)
    yield seen
    monitor.stop()


def is_empty(reader: str) -> bool:
    return not has_card(reader)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_an_insertion_or_removal_is_reported_within_a_second(pcsc: Pcscd, seen: SeenStates) -> None:
    began = time.monotonic()
    pcsc.insert(MEI)
    assert seen.wait_for_card() - began < 1
    began = time.monotonic()
    pcsc.remove()
    assert seen.wait_for_card(is_in=False) - began < 1


def test_no_card_is_missed_and_nothing_leaks_in_a_hundred_cycles(pcsc: Pcscd, seen: SeenStates) -> None:
    for slot in (0, 1):  # each slot's card has a process with pipes of its own
        pcsc.insert(MEI, slot=slot)
    pcsc.empty()
    wait_until(lambda: not any(map(has_card, SLOTS)))
    insertions: list[tuple[str | None, int]] = []
    before = (open_files(), threading.active_count())
    for number in range(CYCLES):  # by turns in both slots: pcscd notices a card going and one coming at once
        slot, holder = number % 2, (MEI, MING)[number % 3 % 2]
        pcsc.insert(holder, slot=slot)
        pcsc.remove(1 - slot)
        insertions.append(seen.wait_for_new_card(SLOTS[slot], insertions))
        # pcscd polls each slot by itself: a card put back before the poll is the same card to it.
        wait_until(partial(is_empty, SLOTS[1 - slot]))
        assert read_card(SLOTS[slot]).holder == holder
    assert len(set(insertions)) == CYCLES
    assert [number for _, number in insertions[::2]] == sorted(number for _, number in insertions[::2])
    assert (open_files(), threading.active_count()) == before


def test_the_service_may_be_killed_and_started_again(pcsc: Pcscd, seen: SeenStates) -> None:
    pcsc.insert(MEI)
    seen.wait_for_card()
    first = seen.last
    pcsc.kill()
    seen.wait_for(lambda state: not state.service, seconds=2)
    assert seen.last == ReaderState(service=False)
    time.sleep(0.7)  # long enough for a try in vain
    began = time.monotonic()
    pcsc.start()
    pcsc.insert(MING)
    assert seen.wait_for_card() - began < 3
    assert read_card(SLOTS[0]).holder == MING
    assert seen.last.insertion > first.insertion, "numbers do not come twice though the service counts anew"


def test_the_newest_of_two_cards_is_shown_then_the_one_that_stays(pcsc: Pcscd, seen: SeenStates) -> None:
    for slot in (1, 0):
        pcsc.insert(MEI, slot=slot)
        seen.wait_for_new_card(SLOTS[slot])
    pcsc.remove(0)
    seen.wait_for_new_card(SLOTS[1])


def test_without_a_change_nothing_is_reported_and_watching_costs_nothing(
    pcsc: Pcscd, seen: SeenStates
) -> None:
    pcsc.insert(MEI)
    seen.wait_for_card()
    events, began = len(seen.events), resource.getrusage(resource.RUSAGE_SELF)
    time.sleep(2.2)  # two rounds of waiting
    ended = resource.getrusage(resource.RUSAGE_SELF)
    assert len(seen.events) == events
    assert ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime < 0.2


def test_a_stopped_monitor_reports_nothing(pcsc: Pcscd) -> None:
    seen = SeenStates()
    monitor = CardMonitor(seen)
    monitor.start()
    seen.wait_for_card(is_in=False)
    began = time.monotonic()
    monitor.stop()
    assert time.monotonic() - began < 1.2
    events = len(seen.events)
    pcsc.insert(MEI)
    time.sleep(0.6)
    assert len(seen.events) == events
