"""The rows about the reader: service, start type, reader, driver, card, and a program that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.finding import Finding, judged
from reader_station.card.card_errors import CARD_ACCESS, READER_IN_USE, CardError
from reader_station.station.environment import this_computer
from reader_station.station.environment.row_language import RowLanguage


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderFacts:
    """The state of service, readers and card. `fault`: why the card cannot be read; nothing of its data."""

    service: bool
    readers: tuple[str, ...] = ()
    card: bool = False
    fault: CardError | None = None
    is_simulated: bool = False


def reader_rows(facts: ReaderFacts, language: RowLanguage) -> Iterator[Finding]:
    """The rows in the order in which they are shown; a simulated reader needs neither service nor driver."""
    if facts.is_simulated:
        yield _simulated_service(language)
    else:
        yield _service_state(facts, language)
        yield _start_type_row(facts, language)
    yield _reader_row(facts, language)
    if not facts.is_simulated:
        yield _driver_row(facts, language)
    yield _card_row(facts, language)
    yield _other_program_row(facts, language)


def _simulated_service(language: RowLanguage) -> Finding:
    text = language.text("模擬讀卡機，不需 PC/SC", "simulated reader, no PC/SC needed")
    item = language.item("智慧卡服務", "Smart card service")
    return Finding(item=item, recommended=text, current=text, is_fine=True)


def _service_state(facts: ReaderFacts, language: RowLanguage) -> Finding:
    say = language.text
    plan = this_computer.start_plan_here()
    return judged(
        language.item("Smart Card（智慧卡）服務－目前狀態", "Smart card service: state"),
        recommended=say("已啟動", "running"),
        current=say("已啟動", "running") if facts.service else say("未啟動", "not running"),
        is_fine=facts.service,
        how_to_fix=plan.shown or say("請重新開機後再試。", "Restart the computer and try again."),
    )


def _start_type_row(facts: ReaderFacts, language: RowLanguage) -> Finding:
    say = language.text
    kind = this_computer.start_type()
    names = {
        "automatic": say("自動", "automatic"),
        "on_demand": say("自動（需要時啟動）", "automatic (when needed)"),
        "manual": say("手動", "by hand"),
        "disabled": say("停用", "disabled"),
        "not_installed": say("未安裝", "not installed"),
        "unknown": say("無法得知", "cannot be told"),
    }
    is_fine = kind in {"automatic", "on_demand"} or (facts.service and kind in {"manual", "unknown"})
    return judged(
        language.item("Smart Card（智慧卡）服務－啟動類型", "Smart card service: start type"),
        recommended=say("自動", "automatic"),
        current=names[kind],
        is_fine=is_fine,
        how_to_fix=this_computer.start_plan_here().shown,
    )


def _reader_row(facts: ReaderFacts, language: RowLanguage) -> Finding:
    say = language.text
    return judged(
        language.item("讀卡機", "Card reader"),
        recommended=say("已接上", "connected"),
        current=", ".join(facts.readers) or say("找不到讀卡機", "none found"),
        is_fine=bool(facts.readers),
        how_to_fix=say(
            "請將讀卡機接到電腦後端的 USB 埠；接上仍找不到時請安裝驅動程式。",
            "Plug it into a USB port at the back; if it is still not found, install its driver.",
        ),
    )


def _driver_row(facts: ReaderFacts, language: RowLanguage) -> Finding:
    say = language.text
    version = this_computer.driver_version()
    if version:
        current = f"CCID {version}"
    else:
        current = say("由系統提供", "the system's own") if facts.readers else say("未安裝", "not installed")
    return judged(
        language.item("讀卡機驅動程式", "Reader driver"),
        recommended=say("CCID 驅動程式", "CCID driver"),
        current=current,
        is_fine=bool(version or facts.readers),
        how_to_fix=say(
            "Linux：sudo apt-get install libccid；Windows 會自動安裝，否則請用讀卡機廠商的驅動程式。",
            "Linux: sudo apt-get install libccid. Windows installs it by itself, or take the maker's.",
        ),
    )


def _card_row(facts: ReaderFacts, language: RowLanguage) -> Finding:
    say = language.text
    fault = facts.fault
    is_held = fault is not None and fault.code == READER_IN_USE.code
    if not facts.card:
        current = say("未插入卡片", "no card")
    elif fault is None or is_held:
        current = (
            say("已插入", "in the reader")
            if is_held
            else say("已插入，可以讀取", "in the reader, can be read")
        )
    else:
        current = f"{fault.code} {say(fault.title, fault.title_en)}"
    advice = fault or CARD_ACCESS
    return judged(
        language.item("健保卡", "NHI card"),
        recommended=say("讀取時插入，可以讀取", "in the reader when it is read"),
        current=current,
        is_fine=fault is None or is_held,
        how_to_fix=say(advice.advice[0], advice.advice_en[0]),
    )


def _other_program_row(facts: ReaderFacts, language: RowLanguage) -> Finding:
    say = language.text
    is_held = facts.fault is not None and facts.fault.code == READER_IN_USE.code
    return judged(
        language.item("其他程式占用讀卡機", "Other program on the reader"),
        recommended=say("沒有", "none"),
        current=say("占用中（7003）", "holds it (7003)") if is_held else say("沒有", "none"),
        is_fine=not is_held,
        how_to_fix=say(READER_IN_USE.advice[0], READER_IN_USE.advice_en[0]),
    )
