"""What `nhicard doctor` asks of a machine with a reader."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from pipeline.finding import Check
from pipeline.settings import given_names


def checks() -> Iterator[Check]:
    """The checks of a station, on a machine that has pyscard and names a portal or a station key."""
    if find_spec("smartcard") is None or not {"NHICARD_STATION_KEY", "NHICARD_PORTAL_URL"} & given_names():
        return
    from pipeline.settings import load_settings
    from reader_station.station.environment import terminal_checks

    yield from terminal_checks.checks(portal_url=load_settings().portal_url)
