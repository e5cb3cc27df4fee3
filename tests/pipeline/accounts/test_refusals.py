"""The words of every refusal."""

from __future__ import annotations

import ast

import pytest

from pipeline.accounts.refusals import FIELD_WORDS, REFUSALS, AccountRefused, Refusal
from pipeline.settings import ROOT

SOURCES = [*(ROOT / "pipeline" / "accounts").rglob("*.py"), ROOT / "pipeline" / "bulk" / "held_files.py"]


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=lambda refusal: refusal.code)
def test_every_refusal_says_what_to_do_in_both_languages(refusal: Refusal) -> None:
    assert all((refusal.title, refusal.what_to_do, refusal.title_en, refusal.what_to_do_en))
    assert (refusal.title_en + refusal.what_to_do_en).isascii()
    assert refusal.status in (400, 403, 409, 423, 429)


@pytest.mark.parametrize("code", FIELD_WORDS)
def test_every_field_fault_has_words_for_both_readers(code: str) -> None:
    chinese, english = FIELD_WORDS[code]
    assert chinese
    assert english.isascii()


def test_every_refusal_is_given_somewhere() -> None:
    said = {
        node.value
        for path in SOURCES
        if path.name != "refusals.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(REFUSALS) - said == {"FIELDS"}
    assert set(FIELD_WORDS) <= said


def test_a_refusal_is_its_code_and_tells_nothing_else() -> None:
    assert str(AccountRefused("MISMATCH")) == "MISMATCH"
