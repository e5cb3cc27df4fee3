"""Every module that judges a value follows the grammar of `validators` and stands in its table."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from datetime import date
from types import ModuleType
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import validators
from tests.validators.made_up import EMAILS, PERSON_IDS, PHONES, touched
from validators.cell_text import judged
from validators.codes import RepairCode
from validators.faults import TextRefused

REPAIRS_OF_NUMBERS = {"full_width", "quotes", "lower_case", "spaces"}
TEXTS = touched(
    PERSON_IDS | EMAILS | PHONES | st.sampled_from(["F1234567", "AB-123456", "５鄰", "000070000013"])
)


class Line(NamedTuple):
    """One line of the table."""

    module: ModuleType
    parses: bool
    faults: set[str]
    repairs: set[str]


def repairs_of(cell: str) -> set[str]:
    match cell:
        case "numbers":
            return REPAIRS_OF_NUMBERS
        case "texts":
            return REPAIRS_OF_NUMBERS - {"lower_case"}
        case "all but lower_case":
            return set(RepairCode) - {RepairCode.LOWER_CASE}
        case "none":
            return set()
        case _:
            return set(cell.split())


def table() -> dict[str, Line]:
    rows = re.findall(r"^\| (\w+) +\| (.+?) +\| (.+?) +\| (.+?) +\|$", validators.__doc__ or "", re.MULTILINE)
    return {
        name: Line(
            importlib.import_module(f"validators.{name}"),
            "`parse`" in normalises,
            set(faults.split()),
            repairs_of(repairs),
        )
        for name, normalises, faults, repairs in rows
        if name != "module"
    }


TABLE = table()


def test_the_table_names_every_module_that_judges_a_value() -> None:
    names = [module.name for module in pkgutil.iter_modules(validators.__path__)]
    judging = {name for name in names if hasattr(importlib.import_module(f"validators.{name}"), "fault")}
    assert judging == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_module_has_the_functions_of_the_grammar(name: str) -> None:
    module, parses, *_ = TABLE[name]
    functions = {name for name, _ in inspect.getmembers(module, inspect.isfunction)}
    assert {"fault", "parse"} <= functions if parses else {"normalize", "fault", "check"} <= functions
    assert "validate" not in functions


@pytest.mark.parametrize("name", [name for name, line in TABLE.items() if not line.parses])
@given(text=TEXTS)
def test_a_check_normalises_then_judges(name: str, text: str) -> None:
    module, _, faults, repairs = TABLE[name]
    value, fault, made = module.check(text)
    cleaned = module.normalize(text)
    assert set(cleaned.repairs) <= repairs
    assert list(made) == [repair for repair in RepairCode if repair in made], "in the order of RepairCode"
    assert fault == module.fault(cleaned.value)
    assert fault is None or fault in faults
    assert made == judged(cleaned, fault).repairs
    assert value == cleaned.value or (fault is None and name == "email_address"), "the envelope's form"
    if hasattr(module, "is_valid"):
        assert module.is_valid(cleaned.value) is (fault is None)


@given(text=TEXTS | st.from_regex(r"[0-9]{7}", fullmatch=True))
def test_what_cannot_be_parsed_is_refused_with_its_fault(text: str) -> None:
    for name, options in (("roc_date", {}), ("file_name", {"received_on": date(2015, 8, 20)})):
        module, _, faults, _ = TABLE[name]
        fault = module.fault(text, **options)
        if fault is None:
            module.parse(text, **options)
        else:
            assert fault in faults
            with pytest.raises(TextRefused) as refused:
                module.parse(text, **options)
            assert refused.value.code is fault
            assert str(refused.value) == fault
