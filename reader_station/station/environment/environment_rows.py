"""The environment check (電腦環境檢測): one row a setting, what it should be, what it is, and what to do."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from pipeline.finding import Check, Finding, judged
from reader_station.card.card_errors import NETWORK, CardFault
from reader_station.station.environment import this_computer
from reader_station.station.environment.browsers import OLDEST, Browser
from reader_station.station.environment.reader_rows import (
    ON_TERMINAL,
    ReaderFacts,
    Speech,
    reader_rows,
)
from reader_station.station.portal_client import Health, PortalAway, PortalClient, is_loopback
from reader_station.web.page_language import Say

CLOCK_SECONDS: Final = 120.0  # a link's last minute should not depend on whose clock is asked


def checks(*, portal_url: str = "") -> list[Check]:
    """What `nhicard doctor` asks about a station; without an address of the portal that row is left out."""
    found: list[Check] = [
        partial(operating_system, ON_TERMINAL),
        lambda: reader_rows(look_at_reader(), ON_TERMINAL),
    ]
    if portal_url:
        found.append(lambda: asyncio.run(_ask_portal(portal_url)))
    return found


def look_at_reader() -> ReaderFacts:
    """Service, readers and card through PC/SC; what the card says is thrown away."""
    from reader_station.card.pcsc import list_readers, read_card

    try:
        readers = tuple(list_readers())
    except CardFault as fault:
        return ReaderFacts(service=fault.error.code != "7001")
    for reader in readers:
        try:
            read_card(reader)
        except CardFault as fault:
            if fault.error.code != "7004":
                return ReaderFacts(service=True, readers=readers, card=True, fault=fault.error)
        else:
            return ReaderFacts(service=True, readers=readers, card=True)
    return ReaderFacts(service=True, readers=readers)


def operating_system(speech: Speech) -> Iterator[Finding]:
    """Is it a system that the station runs on?"""
    t = speech.text
    yield judged(
        speech.item("作業系統", "Operating system"),
        recommended=t("Windows 10 以上、macOS 或 Linux", "Windows 10 or later, macOS or Linux"),
        current=this_computer.operating_system(),
        is_fine=this_computer.is_supported(platform.system(), platform.release()),
        how_to_fix=t("請升級作業系統，或改用其他電腦。", "Upgrade the system, or use another computer."),
    )


def portal_rows(answer: Health | PortalAway, url: str, speech: Speech) -> Iterator[Finding]:
    """Is the portal reached, encrypted, and do the clocks agree?"""
    t = speech.text
    is_away = isinstance(answer, PortalAway)
    is_private = isinstance(answer, Health) and (bool(answer.tls) or is_loopback(url))
    yield judged(
        speech.item("服務網站連線", "Portal"),
        recommended=t("可連線，TLS 加密（本機除外）", "reached, encrypted by TLS (unless on this computer)"),
        current=_portal_told(answer, url, t),
        is_fine=is_private,
        how_to_fix=t(NETWORK.advice[0], NETWORK.advice_en[0])
        if is_away
        else t("請將 NHICARD_PORTAL_URL 設為 https 網址。", "Set NHICARD_PORTAL_URL to an https address."),
    )
    if isinstance(answer, Health) and answer.seconds_ahead is not None:
        yield _clock(answer.seconds_ahead, speech)


def browser_row(browser: Browser, speech: Speech) -> Finding:
    """Is the browser one that the pages are made for?"""
    t = speech.text
    known = t("、", ", ").join(f"{name} {version}" for name, version in OLDEST.items())
    return judged(
        speech.item("瀏覽器", "Browser"),
        recommended=t(f"{known} 以上", f"{known} or later"),
        current=f"{browser.name} {browser.version}" if browser.name else t("無法辨識", "not recognised"),
        is_fine=browser.is_fine,
        how_to_fix=t("請更新瀏覽器，或改用上列任一種。", "Update the browser, or use one of these."),
    )


async def ask_portal(portal: PortalClient) -> Health | PortalAway:
    """The portal's health, or why it is away."""
    try:
        return await portal.health()
    except PortalAway as away:
        return away


async def _ask_portal(url: str) -> Iterable[Finding]:
    portal = PortalClient(url)
    try:
        return list(portal_rows(await ask_portal(portal), url, ON_TERMINAL))
    finally:
        await portal.close()


def _portal_told(answer: Health | PortalAway, url: str, t: Say) -> str:
    if isinstance(answer, PortalAway):
        return t(f"無法連線（4061：{answer}）", f"cannot be reached (4061: {answer})")
    if answer.tls:
        return t(f"已連線，{answer.tls}", f"reached, {answer.tls}")
    here = is_loopback(url)
    return (
        t("已連線（本機）", "reached (this computer)")
        if here
        else t("已連線，未加密", "reached, not encrypted")
    )


def _clock(seconds: float, speech: Speech) -> Finding:
    t = speech.text
    fast = t("快", "ahead") if seconds > 0 else t("慢", "behind")
    apart = abs(round(seconds))
    return judged(
        speech.item("電腦時鐘", "Clock"),
        recommended=t(
            f"與服務網站相差 {CLOCK_SECONDS:.0f} 秒內", f"within {CLOCK_SECONDS:.0f} s of the portal's"
        ),
        current=t(f"相差 {apart} 秒", f"{apart} s apart")
        if apart < 2
        else t(f"{fast} {apart} 秒", f"{apart} s {fast}"),
        is_fine=abs(seconds) <= CLOCK_SECONDS,
        how_to_fix=t("請開啟系統的「自動設定時間」。", "Turn on “set time automatically” of the system."),
    )
