"""The environment check on a terminal: what `nhicard doctor` asks of a station."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from pipeline.finding import Check, Finding
from reader_station.card.card_errors import NO_CARD, SERVICE, CardFault
from reader_station.station.environment.environment_rows import ask_portal, operating_system, portal_rows
from reader_station.station.environment.reader_rows import ReaderFacts, reader_rows
from reader_station.station.environment.row_language import ON_TERMINAL
from reader_station.station.portal_client import PortalClient


def checks(*, portal_url: str = "") -> list[Check]:
    """The checks of a station, in order; those of the portal only where its address is known."""
    found: list[Check] = [
        partial(operating_system, ON_TERMINAL),
        lambda: reader_rows(_reader_facts(), ON_TERMINAL),
    ]
    if portal_url:
        found.append(lambda: asyncio.run(_portal_findings(portal_url)))
    return found


def _reader_facts() -> ReaderFacts:
    """The state of service, readers and card through PC/SC; the data of the card are thrown away."""
    from reader_station.card.pcsc import list_readers, read_card

    try:
        readers = tuple(list_readers())
    except CardFault as fault:
        return ReaderFacts(service=fault.error is not SERVICE)
    for reader in readers:
        try:
            read_card(reader)
        except CardFault as fault:
            if fault.error is not NO_CARD:
                return ReaderFacts(service=True, readers=readers, card=True, fault=fault.error)
        else:
            return ReaderFacts(service=True, readers=readers, card=True)
    return ReaderFacts(service=True, readers=readers)


async def _portal_findings(url: str) -> Iterable[Finding]:
    portal = PortalClient(url)
    try:
        return list(portal_rows(await ask_portal(portal), url, ON_TERMINAL))
    finally:
        await portal.close()
