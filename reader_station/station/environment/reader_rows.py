"""The rows of the environment check about the reader: service, start, driver, card, and who holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.finding import Finding, judged
from reader_station.card.card_errors import CARD_ACCESS, READER_IN_USE, CardError
from reader_station.station.environment import this_computer
from reader_station.web.page_language import Say


@dataclass(frozen=True, slots=True)
class Speech:
    """How rows speak: `item` names a setting, `text` says everything else; each from Chinese and English."""

    item: Say
    text: Say


ON_TERMINAL: Final = Speech(item=lambda zh, en: f"{zh} {en}", text=lambda zh, en: en)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderFacts:
    """What is known of the reader. `fault`: why the card could not be read; nothing of the card itself."""

    service: bool
    readers: tuple[str, ...] = ()
    card: bool = False
    fault: CardError | None = None
    is_simulated: bool = False


def reader_rows(facts: ReaderFacts, speech: Speech) -> Iterator[Finding]:
    """Service, start type, reader, driver, card, and who holds it."""
    if facts.is_simulated:
        yield _simulated(speech)
    else:
        yield _service(facts, speech)
        yield _start_type(facts, speech)
    yield _reader(facts, speech)
    if not facts.is_simulated:
        yield _driver(facts, speech)
    yield _card(facts, speech)
    yield _other_program(facts, speech)


def _simulated(speech: Speech) -> Finding:
    text = speech.text("模擬讀卡機，不需 PC/SC", "simulated reader, no PC/SC needed")
    item = speech.item("智慧卡服務", "Smart card service")
    return Finding(item=item, recommended=text, current=text, is_fine=True)


def _service(facts: ReaderFacts, speech: Speech) -> Finding:
    t = speech.text
    plan = this_computer.start_plan_here()
    return judged(
        speech.item("Smart Card（智慧卡）服務－目前狀態", "Smart card service: state"),
        recommended=t("已啟動", "running"),
        current=t("已啟動", "running") if facts.service else t("未啟動", "not running"),
        is_fine=facts.service,
        how_to_fix=plan.shown or t("請重新開機後再試。", "Restart the computer and try again."),
    )


def _start_type(facts: ReaderFacts, speech: Speech) -> Finding:
    t = speech.text
    kind = this_computer.start_type()
    names = {
        "automatic": t("自動", "automatic"),
        "on_demand": t("自動（需要時啟動）", "automatic (when needed)"),
        "manual": t("手動", "by hand"),
        "disabled": t("停用", "disabled"),
        "not_installed": t("未安裝", "not installed"),
        "unknown": t("無法得知", "cannot be told"),
    }
    is_fine = kind in {"automatic", "on_demand"} or (facts.service and kind in {"manual", "unknown"})
    return judged(
        speech.item("Smart Card（智慧卡）服務－啟動類型", "Smart card service: start type"),
        recommended=t("自動", "automatic"),
        current=names[kind],
        is_fine=is_fine,
        how_to_fix=this_computer.start_plan_here().shown,
    )


def _reader(facts: ReaderFacts, speech: Speech) -> Finding:
    t = speech.text
    return judged(
        speech.item("讀卡機", "Card reader"),
        recommended=t("已接上", "connected"),
        current=", ".join(facts.readers) or t("找不到讀卡機", "none found"),
        is_fine=bool(facts.readers),
        how_to_fix=t(
            "請將讀卡機接到電腦後端的 USB 埠；接上仍找不到時請安裝驅動程式。",
            "Plug it into a USB port at the back; if it is still not found, install its driver.",
        ),
    )


def _driver(facts: ReaderFacts, speech: Speech) -> Finding:
    t = speech.text
    version = this_computer.driver_version()
    if version:
        current = f"CCID {version}"
    else:
        current = t("由系統提供", "the system's own") if facts.readers else t("未安裝", "not installed")
    return judged(
        speech.item("讀卡機驅動程式", "Reader driver"),
        recommended=t("CCID 驅動程式", "CCID driver"),
        current=current,
        is_fine=bool(version or facts.readers),
        how_to_fix=t(
            "Linux：sudo apt-get install libccid；Windows 會自動安裝，否則請用讀卡機廠商的驅動程式。",
            "Linux: sudo apt-get install libccid. Windows installs it by itself, or take the maker's.",
        ),
    )


def _card(facts: ReaderFacts, speech: Speech) -> Finding:
    t = speech.text
    fault = facts.fault
    is_held = fault is not None and fault.code == READER_IN_USE.code
    if not facts.card:
        current = t("未插入卡片", "no card")
    elif fault is None or is_held:
        current = (
            t("已插入", "in the reader") if is_held else t("已插入，可以讀取", "in the reader, can be read")
        )
    else:
        current = f"{fault.code} {t(fault.title, fault.title_en)}"
    advice = fault or CARD_ACCESS
    return judged(
        speech.item("健保卡", "NHI card"),
        recommended=t("讀取時插入，可以讀取", "in the reader when it is read"),
        current=current,
        is_fine=fault is None or is_held,
        how_to_fix=t(advice.advice[0], advice.advice_en[0]),
    )


def _other_program(facts: ReaderFacts, speech: Speech) -> Finding:
    t = speech.text
    is_held = facts.fault is not None and facts.fault.code == READER_IN_USE.code
    return judged(
        speech.item("其他程式占用讀卡機", "Other program on the reader"),
        recommended=t("沒有", "none"),
        current=t("占用中（7003）", "holds it (7003)") if is_held else t("沒有", "none"),
        is_fine=not is_held,
        how_to_fix=t(READER_IN_USE.advice[0], READER_IN_USE.advice_en[0]),
    )
