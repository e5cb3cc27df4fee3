"""Facts about sending at once beside a request."""

from __future__ import annotations

import logging
import threading

import pytest

from pipeline.errors import MachineUnusable
from reader_station.portal.urgent_mail import UrgentMail

WITHIN = 10


def test_a_wake_up_during_a_delivery_makes_one_more_however_many_there_are() -> None:
    began, may_end, deliveries = threading.Event(), threading.Event(), []

    def deliver() -> None:
        deliveries.append(threading.current_thread())
        began.set()
        assert may_end.wait(WITHIN)

    urgent = UrgentMail(deliver)
    urgent.wake()
    assert began.wait(WITHIN)
    for _ in range(5):
        urgent.wake()
    may_end.set()
    urgent.wait(WITHIN)
    assert len(deliveries) == 2
    assert threading.main_thread() not in deliveries


def test_after_a_failed_delivery_the_next_wake_up_tries_again(caplog: pytest.LogCaptureFixture) -> None:
    outcomes = [MachineUnusable("mail server: refused"), None]

    def deliver() -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    urgent = UrgentMail(deliver)
    for _ in range(2):
        with caplog.at_level(logging.WARNING):
            urgent.wake()
            urgent.wait(WITHIN)
    assert outcomes == []
    assert "mail server: refused" in caplog.text
