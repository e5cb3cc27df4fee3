"""The demo's register and inbox: the seed's example, a file out of Excel, a wrong name, a thousand rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from pipeline.sample import seed_example
from pipeline.sample.demo_data import write_readme
from pipeline.sample.sample_night import Outside, write_night
from pipeline.sample.sample_people import Group
from pipeline.sample.sample_register import Register, make_register, register_files
from pipeline.sample.seed_example import EXAMPLE_UNIT, OTHER_UNIT

SEED: Final = 20150820
LARGE_UNIT_ROWS: Final = 1_000
LARGE_UNIT_PEOPLE: Final = 1_150
BAD_PERCENT: Final = 6.0
EXAMPLE_OUTCOMES: Final = {"REGISTERED": 3, "NOT_INSURED_HERE": 7, "FIELD_ERROR": 1}
EXCEL_OUTCOMES: Final = {"REGISTERED": 12, "FIELD_ERROR": 1, "NO_VALID_CARD": 1, "DUPLICATE_IN_FILE": 1}


@dataclass(frozen=True, slots=True)
class DemoSet:
    """Where the demo set lies, and what a first night over it should find; files by name."""

    register: Path
    inbox: Path
    example_name: str
    refused_name: str
    outcomes: dict[str, dict[str, int]]


def make_demo_set(folder: Path, *, today: date, file_date: date) -> DemoSet:
    """Write `register/` and `inbox/` under `folder`, over what lies there; every file name holds `file_date`.

    `today` is the day the register stands at. The people are the same whatever the dates.
    """
    group = _large_unit()
    large = make_register(group, seed=SEED, on=today)
    register, inbox = folder / "register", folder / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    _write_register(register, large, today)
    outside = Outside(first_quiet=LARGE_UNIT_PEOPLE, total=int(group.sizes.sum()))
    large_outcomes = write_night(
        large, inbox, bad_percent=BAD_PERCENT, seed=SEED, on=file_date, outside=outside
    )
    example_name, excel_name, large_name = (
        f"{code}{file_date:%Y%m%d}.CSV" for code in (EXAMPLE_UNIT, OTHER_UNIT, large.unit_code[0].as_py())
    )
    refused_name = f"{EXAMPLE_UNIT}_{file_date.year - 1911}{file_date:%m%d}.csv"  # a year of the Republic
    (inbox / example_name).write_bytes(seed_example.example_file())
    (inbox / excel_name).write_bytes(seed_example.excel_file())
    (inbox / refused_name).write_bytes(seed_example.example_file())
    outcomes = {
        example_name: EXAMPLE_OUTCOMES,
        excel_name: EXCEL_OUTCOMES,
        large_name: dict(large_outcomes),
    }
    total: Counter[str] = Counter()
    for counts in outcomes.values():
        total.update(counts)
    write_readme(folder, dict(total))
    return DemoSet(register, inbox, example_name, refused_name, outcomes)


def _large_unit() -> Group:
    """The unit of a thousand rows, and two quiet ones whose people its file wrongly names."""
    return Group(
        first_person=0,
        first_unit=0,
        sizes=np.array([LARGE_UNIT_PEOPLE, 24, 24]),
        file_rows=np.array([LARGE_UNIT_ROWS, 0, 0]),
        is_closed=np.array([False, False, True]),
    )


def _write_register(folder: Path, large: Register, today: date) -> None:
    small = {
        "units": seed_example.units(today),
        "contacts": seed_example.contacts(),
        "beneficiaries": seed_example.beneficiaries(),
        "coverage": seed_example.coverage(today),
    }
    with register_files(folder, as_csv=True) as files:
        for word, table in large.tables.items():
            files[word].write_table(pa.Table.from_pylist(small[word], schema=table.schema))
            files[word].write_table(table)
