"""A real PC/SC service with virtual readers, for tests that ask for `pcsc`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.reader_station.pcscd import SOCKET_VARIABLE, Pcscd, pcscd_program, wait_for_readers
from tests.reader_station.virtual_card import wait_until

MISSING = "needs Debian's pcscd and vsmartcard-vpcd: apt-get install pcscd vsmartcard-vpcd"


@pytest.fixture(scope="session")
def pcscd_path() -> str:
    """The path of pcscd; without it a test is skipped, and fails where CI=true."""
    found = pcscd_program()
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    assert found
    return found


@pytest.fixture(scope="session")
def pcscd_of_session(pcscd_path: str) -> Iterator[Pcscd]:
    """One service a test process, because pyscard's library keeps the first socket that it is given."""
    service = Pcscd(pcscd_path)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(SOCKET_VARIABLE, str(service.socket))
        try:
            yield service
        finally:
            service.close()


@pytest.fixture
def pcsc(pcscd_of_session: Pcscd) -> Iterator[Pcscd]:
    """The service runs, both readers are there, and no card is in."""
    from reader_station.card.pcsc import has_card, list_readers

    service = pcscd_of_session
    service.empty()
    if not service.is_running:
        service.start()
    wait_for_readers(list_readers)
    wait_until(lambda: not any(has_card(name) for name in list_readers()))
    yield service
    service.empty()
