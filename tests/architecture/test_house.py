"""Facts about the house itself: rooms, walls, sizes and words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.metadata import distributions
from itertools import chain
from pathlib import Path

import pytest

from pipeline.accounts.refusals import FIELD_WORDS, REFUSALS
from pipeline.bulk.rules.outcome import WORDING, Outcome, outcome_text
from pipeline.bulk.rules.refusals import HAND_IN_FAULTS, HandInCode
from pipeline.outbox.rules import Priority
from pipeline.settings import ROOT
from pipeline.store.tables import outbox_message
from pipeline.tasks.mail_delivery import MAIL_KINDS
from reader_station.card.card_errors import ERRORS
from reader_station.portal.request_faults import ALL_FAULTS
from validators.codes import Code
from validators.faults import FILE_FAULTS, WARNINGS, Fault
from validators.value_faults import CELL_FAULTS, FIELD_FAULTS, ID_FORMAT_FAULTS

OURS = "nhicard"
ROOMS = ("validators", "pipeline", "mailers", "dags", "reader_station", "sql")
LONGEST_FILE = 400
SOURCES = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
TESTS = list((ROOT / "tests").rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, at the top or inside."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module)
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_no_other_distribution_brings_a_package_of_our_name() -> None:
    brought = {
        (found.name, top)
        for found in distributions()
        for top in {file.parts[0].removesuffix(".py") for file in found.files or ()}
        if top in (*ROOMS, "tests") and found.name != OURS
    }
    assert brought == set()


def test_our_packages_are_the_ones_of_this_project() -> None:
    for room in ("validators", "pipeline", "mailers", "dags", "reader_station"):
        assert Path(str(__import__(room).__file__)).parent == ROOT / room


def test_every_package_and_every_folder_of_tests_says_that_it_is_one() -> None:
    folders = {path.parent for path in (*SOURCES, *TESTS) if ROOT / "sql" not in path.parents}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("forbidden", ["smtplib"])
def test_what_nobody_imports(forbidden: str) -> None:
    users = [
        path.relative_to(ROOT)
        for path in (*SOURCES, *TESTS)
        if any(name == forbidden or name.startswith(f"{forbidden}.") for name in imports(path))
    ]
    assert users == []


def test_no_file_is_too_long_to_read_standing() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (*SOURCES, *TESTS)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty_words = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base"}
    assert [path for path in (*SOURCES, *TESTS) if path.stem in empty_words] == []


FAULTS: tuple[Fault, ...] = tuple(
    chain.from_iterable(
        table.values()
        for table in (FILE_FAULTS, CELL_FAULTS, ID_FORMAT_FAULTS, FIELD_FAULTS, WARNINGS, HAND_IN_FAULTS)
    )
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.code)
def test_every_fault_has_words_for_both_readers(fault: Fault) -> None:
    assert all((fault.message, fault.hint, fault.hint_en))
    assert fault.hint_en.isascii() or "“" in fault.hint_en
    assert '"' not in fault.message + fault.hint, "they stand quoted in the annotated CSV"
    assert fault.message[0] not in "=+-@"
    assert "\n" not in fault.message + fault.hint


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_words(outcome: Outcome) -> None:
    assert outcome_text(outcome, "電子郵件 欄位錯誤!").endswith(("不入檔!", "成功!"))
    if outcome in (Outcome.REGISTERED, Outcome.FIELD_ERROR):
        assert outcome not in WORDING, "its words are its own, or its fields'"
    else:
        words = WORDING[outcome]
        assert all((words.reason, words.hint, words.hint_en))
        assert '"' not in words.reason + words.hint


def test_every_kind_of_mail_has_a_name_of_its_own_that_the_table_takes() -> None:
    names = [kind.name for kind in MAIL_KINDS]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= outbox_message.c.kind.type.length
    assert [kind.name for kind in MAIL_KINDS if kind.priority is Priority.BULK] == ["success"]


def test_every_reason_to_refuse_a_hand_in_has_its_words() -> None:
    assert list(HAND_IN_FAULTS) == list(HandInCode)


def test_no_code_of_a_refused_file_is_spelt_as_text() -> None:
    spelt = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"FileRefused", "refusal_of"}
        and isinstance(node.args[0], ast.Constant)
    }
    assert spelt == set()


TABLES = {
    "cells": CELL_FAULTS,
    "fields of a form": FIELD_FAULTS,
    "files": FILE_FAULTS,
    "warnings": WARNINGS,
    "hand-ins": HAND_IN_FAULTS,
    "outcomes of rows": Outcome.__members__,
    "accounts": REFUSALS,
    "accounts, fields": FIELD_WORDS,
    "portal": {fault.notice.code: fault for fault in ALL_FAULTS},
    "card reader": {code: error for (_, code), error in ERRORS.items()},
}
# A row of a file and a person at the station are refused for the same reason, in the same words.
SAID_AT_BOTH_DOORS = {Outcome.ALREADY_REGISTERED, Outcome.BLOCKED}


def test_codes_are_unique_across_the_house() -> None:
    tables_of: dict[str, list[str]] = {}
    for name, table in TABLES.items():
        for code in table:
            tables_of.setdefault(str(code), []).append(name)
    shared = {code: names for code, names in tables_of.items() if len(names) > 1}
    assert shared == {code: ["outcomes of rows", "accounts"] for code in SAID_AT_BOTH_DOORS}
    assert all(WORDING[code].reason == REFUSALS[code].title for code in SAID_AT_BOTH_DOORS)


def test_no_two_enums_of_codes_share_a_code() -> None:
    codes = [code.value for enum in Code.__subclasses__() for code in enum]
    assert len(codes) == len(set(codes))
