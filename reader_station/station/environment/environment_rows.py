"""The rows about the system, the browser and the portal."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from typing import Final

from pipeline.finding import Finding, judged
from reader_station.card.card_errors import NETWORK
from reader_station.station.environment import this_computer
from reader_station.station.environment.browsers import OLDEST, Browser
from reader_station.station.environment.row_language import RowLanguage
from reader_station.station.portal_client import Health, PortalAway, PortalClient, is_loopback
from reader_station.web.page_language import Say

CLOCK_SECONDS: Final = 120.0  # deadlines end to the minute; a larger difference would show


def operating_system(language: RowLanguage) -> Iterator[Finding]:
    """Is it a system that the station runs on?"""
    say = language.text
    yield judged(
        language.item("作業系統", "Operating system"),
        recommended=say("Windows 10 以上、macOS 或 Linux", "Windows 10 or later, macOS or Linux"),
        current=this_computer.operating_system(),
        is_fine=this_computer.is_supported(platform.system(), platform.release()),
        how_to_fix=say("請升級作業系統，或改用其他電腦。", "Upgrade the system, or use another computer."),
    )


def portal_rows(answer: Health | PortalAway, url: str, language: RowLanguage) -> Iterator[Finding]:
    """Is the portal reached, is the way encrypted, and do the clocks agree?"""
    say = language.text
    is_away = isinstance(answer, PortalAway)
    is_private = isinstance(answer, Health) and (bool(answer.tls) or is_loopback(url))
    yield judged(
        language.item("服務網站連線", "Portal"),
        recommended=say(
            "可連線，TLS 加密（本機除外）", "reached, encrypted by TLS (unless on this computer)"
        ),
        current=_portal_state(answer, url, say),
        is_fine=is_private,
        how_to_fix=say(NETWORK.advice[0], NETWORK.advice_en[0])
        if is_away
        else say("請將 NHICARD_PORTAL_URL 設為 https 網址。", "Set NHICARD_PORTAL_URL to an https address."),
    )
    if isinstance(answer, Health) and answer.seconds_ahead is not None:
        yield _clock_row(answer.seconds_ahead, language)


def browser_row(browser: Browser, language: RowLanguage) -> Finding:
    """Is the browser one that the pages are made for?"""
    say = language.text
    known = say("、", ", ").join(f"{name} {version}" for name, version in OLDEST.items())
    return judged(
        language.item("瀏覽器", "Browser"),
        recommended=say(f"{known} 以上", f"{known} or later"),
        current=f"{browser.name} {browser.version}" if browser.name else say("無法辨識", "not recognised"),
        is_fine=browser.is_fine,
        how_to_fix=say("請更新瀏覽器，或改用上列任一種。", "Update the browser, or use one of these."),
    )


async def ask_portal(portal: PortalClient) -> Health | PortalAway:
    """The portal's health, or why it is away."""
    try:
        return await portal.health()
    except PortalAway as away:
        return away


def _portal_state(answer: Health | PortalAway, url: str, say: Say) -> str:
    if isinstance(answer, PortalAway):
        return say(f"無法連線（4061：{answer}）", f"cannot be reached (4061: {answer})")
    if answer.tls:
        return say(f"已連線，{answer.tls}", f"reached, {answer.tls}")
    if is_loopback(url):
        return say("已連線（本機）", "reached (this computer)")
    return say("已連線，未加密", "reached, not encrypted")


def _clock_row(seconds: float, language: RowLanguage) -> Finding:
    say = language.text
    apart = abs(round(seconds))
    if apart < 2:
        current = say(f"相差 {apart} 秒", f"{apart} s apart")
    elif seconds > 0:
        current = say(f"快 {apart} 秒", f"{apart} s ahead")
    else:
        current = say(f"慢 {apart} 秒", f"{apart} s behind")
    limit = f"{CLOCK_SECONDS:.0f}"
    return judged(
        language.item("電腦時鐘", "Clock"),
        recommended=say(f"與服務網站相差 {limit} 秒內", f"within {limit} s of the portal's"),
        current=current,
        is_fine=abs(seconds) <= CLOCK_SECONDS,
        how_to_fix=say("請開啟系統的「自動設定時間」。", "Turn on “set time automatically” of the system."),
    )
