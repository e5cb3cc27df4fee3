"""Every error of the reader has words and a cause; PC/SC's codes lead to the right one."""

from __future__ import annotations

import pytest

from reader_station.card.card_errors import (
    ADVICE,
    CHIP_SILENT,
    ERRORS,
    NO_CARD,
    NO_READER,
    SERVICE,
    WEB,
    CardError,
)
from reader_station.card.pcsc_codes import PCSC_CODES, pcsc_fault
from reader_station.card.reader import ReaderState

CODES = ("4061", "7001", "7002", "7003", "7004", "8006", "8011", "8013")


def test_the_table_holds_the_eight_codes_of_the_component() -> None:
    assert tuple(ERRORS) == tuple((WEB, code) for code in CODES)


@pytest.mark.parametrize("error", [*ERRORS.values(), CHIP_SILENT], ids=lambda error: error.code)
def test_every_error_has_advice_in_both_languages(error: CardError) -> None:
    assert error.title
    assert error.title_en.isascii()
    assert error.advice
    assert len(error.advice) == len(error.advice_en)
    assert error.what_to_do_en.isascii()
    assert all(step.endswith("。") for step in error.advice)
    assert all(step.endswith(".") for step in error.advice_en)


@pytest.mark.parametrize("code", ["7001", "7002", "8013"])
def test_the_five_advices_of_the_questions_and_answers_are_given(code: str) -> None:
    assert ERRORS[WEB, code].advice[-5:] == ADVICE


@pytest.mark.parametrize(
    ("hresult", "code"),
    [
        pytest.param(0x8010001D, "7001", id="no service"),
        pytest.param(0x8010001E, "7001", id="service stopped"),
        pytest.param(0x80100013, "7001", id="service died"),
        pytest.param(0x8010006A, "7001", id="access denied"),
        pytest.param(0x8010002E, "7002", id="no readers"),
        pytest.param(0x80100009, "7002", id="unknown reader"),
        pytest.param(0x80100017, "7002", id="reader unavailable"),
        pytest.param(0x8010000B, "7003", id="sharing violation"),
        pytest.param(0x8010000C, "7004", id="no card"),
        pytest.param(0x80100069, "8013", id="card removed"),
        pytest.param(0x80100016, "8013", id="not transacted"),
        pytest.param(0x80100068, "8013", id="card reset"),
        pytest.param(0x80100066, "8013", id="chip does not answer"),
        pytest.param(0x8010000F, "8013", id="protocol mismatch"),
    ],
)
def test_a_code_of_pcsc_leads_to_the_error_signed_or_not(hresult: int, code: str) -> None:
    assert pcsc_fault(hresult, otherwise=NO_CARD).error.code == code
    assert pcsc_fault(hresult - (1 << 32), otherwise=NO_CARD).error.code == code


def test_the_names_of_the_codes_are_pcscs_own() -> None:
    scard = pytest.importorskip("smartcard.scard", reason="needs pyscard")
    assert {name: getattr(scard, name) & 0xFFFFFFFF for name, _ in PCSC_CODES.values()} == {
        name: code for code, (name, _) in PCSC_CODES.items()
    }


def test_an_unknown_code_is_printed_in_hexadecimal_and_means_what_the_caller_says() -> None:
    fault = pcsc_fault(0x8010001F, otherwise=NO_READER)
    assert (fault.error, fault.cause) == (NO_READER, "8010001F")


@pytest.mark.parametrize(
    ("state", "error"),
    [
        pytest.param(ReaderState(service=False), SERVICE, id="no service"),
        pytest.param(ReaderState(service=True), NO_READER, id="no reader"),
        pytest.param(ReaderState(service=True, reader="R"), NO_CARD, id="no card"),
        pytest.param(ReaderState(service=True, reader="R", card=True, insertion=1), None, id="a card"),
    ],
)
def test_a_state_names_the_one_thing_that_is_missing(state: ReaderState, error: CardError | None) -> None:
    assert state.error is error
