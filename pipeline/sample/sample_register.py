"""A made-up register: the four files of a group of units, as tables and on disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from pipeline.sample.numbers import Ints, digits, joined, scatter, unit_codes
from pipeline.sample.sample_people import (
    PERSON_SPACE,
    Flags,
    Group,
    People,
    beneficiaries,
    days_before,
    make_people,
    names,
    national_ids,
    only,
    pick,
)

WORDS: Final = ("units", "contacts", "beneficiaries", "coverage")
CSV_PEOPLE: Final = 10_000  # up to here a person may want to look into the files
TRADES: Final = ("精密工業", "資訊", "食品", "紡織", "貿易", "物流", "營造", "生技")
FOUNDERS: Final = ("大成", "永豐", "新光明", "和泰平", "東方晴", "南風", "合心", "遠山")
REGIONS: Final = ("臺北", "北區", "中區", "南區", "高屏", "東區")  # by a unit code's first digit
AMOUNTS: Final = ("28590", "30300", "33300", "36300", "40100", "45800", "53000", "72800")
CLOSED_DAYS: Final = 40  # before the night
DEPENDANT_KINDS: Final = ("配偶", "子女", "父母")


@dataclass(frozen=True, slots=True)
class Register:
    """A group's register: one table for each file, and the people behind them."""

    group: Group
    people: People
    unit_code: pa.Array
    tables: dict[str, pa.Table]


def make_register(group: Group, *, seed: int, on: date) -> Register:
    """The register of a group of units as it stands on the day `on`.

    Whoever a file names is covered and has a valid card; among the others some are not and some have none.
    """
    people = make_people(group, seed=seed)
    code = unit_codes(np.arange(len(group.sizes)) + group.first_unit, seed=seed)
    lot = scatter(people.index, PERSON_SPACE, seed + 21) % 100
    has_card = people.is_handed_in | (lot >= 10)
    return Register(
        group=group,
        people=people,
        unit_code=code,
        tables={
            "units": _units(group, code, on),
            "contacts": _contacts(group, code, seed),
            "beneficiaries": beneficiaries(people, seed=seed, on=on, has_card=has_card),
            "coverage": _coverage(group, people, code, seed, on),
        },
    )


@contextmanager
def register_files(folder: Path, *, as_csv: bool) -> Iterator[dict[str, Any]]:
    """Open the four files of a register for writing; each takes tables by `write_table`."""
    folder.mkdir(parents=True, exist_ok=True)
    schemas = {word: table.schema for word, table in _empty().items()}
    with ExitStack() as files:
        yield {
            word: files.enter_context(_writer(folder, word, schema, as_csv=as_csv))
            for word, schema in schemas.items()
        }


def _writer(folder: Path, word: str, schema: pa.Schema, *, as_csv: bool) -> Any:
    if as_csv:
        return arrow_csv.CSVWriter(folder / f"{word}.csv", schema)
    return parquet.ParquetWriter(folder / f"{word}.parquet", schema, compression="zstd")


def _empty() -> dict[str, pa.Table]:
    nobody = np.zeros(0, dtype=np.int64)
    group = Group(0, 0, nobody, nobody, nobody.astype(np.bool_))
    return make_register(group, seed=0, on=date(2000, 1, 1)).tables


def _units(group: Group, code: pa.Array, on: date) -> pa.Table:
    index = np.arange(len(group.sizes), dtype=np.int64) + group.first_unit
    closed_on = days_before(on, np.full(len(index), CLOSED_DAYS))
    region = np.array(code.to_pylist(), dtype="U9").astype("U1").astype(np.int64) - 1
    name = _side_by_side(
        pick(FOUNDERS, index % 8), pick(TRADES, index // 8 % 8), pick(("股份有限公司",), index * 0)
    )
    return pa.table(
        {
            "unit_code": code,
            "unit_name": name,
            "closed_on": only(group.is_closed, closed_on, None),
            "region": pick(REGIONS, region),
        }
    )


def _contacts(group: Group, code: pa.Array, seed: int) -> pa.Table:
    """One contact a unit, a second one in every fifth; every tenth unit shares an agent with others."""
    index = np.arange(len(group.sizes), dtype=np.int64) + group.first_unit
    second = index[index % 5 == 2]
    every = np.concatenate([index, second])
    is_second = np.arange(len(every)) >= len(index)
    is_agent = ~is_second & (index.take(every - group.first_unit) % 10 == 0)
    return pa.table(
        {
            "unit_code": code.take(pa.array(every - group.first_unit)),
            "name": names(every + PERSON_SPACE // 2, seed=seed),
            "email": _side_by_side(
                pick(("hr", "payroll", "agent"), np.where(is_agent, 2, is_second)),
                joined(digits(np.where(is_agent, every // 100, every), 7)),
                pick(("@example.com", "@example.org"), is_agent.astype(np.int64)),
            ),
        }
    )


def _coverage(group: Group, people: People, code: pa.Array, seed: int, on: date) -> pa.Table:
    lot = scatter(people.index, PERSON_SPACE, seed + 22)
    started = lot % 5_000 + 60  # days before the night
    left = ~people.is_handed_in & (lot % 100 < 10)
    ended = np.where(group.is_closed[people.unit], CLOSED_DAYS, np.where(left, lot % 50 + 1, 0))
    everybody = np.arange(len(lot), dtype=np.int64)
    returned = everybody[lot % 53 == 0]  # two periods at one unit
    both = everybody[~people.is_dependant & (people.rank > 0) & (lot % 59 == 0)]
    now = _periods(people, code, everybody, people.holder, days_before(on, started), _end(on, ended), seed)
    before = _periods(
        people,
        code,
        returned,
        people.holder[returned],
        days_before(on, started[returned] + 400),
        days_before(on, started[returned] + 90),
        seed,
    )
    # A working spouse may be covered by the one before too.
    beside = _periods(
        people,
        code,
        both,
        people.holder[both - 1],
        days_before(on, started[both]),
        _end(on, ended[both]),
        seed,
    )
    return pa.concat_tables([now, before, beside])


def _periods(
    people: People, code: pa.Array, who: Ints, holder: Ints, start: pa.Array, end: pa.Array, seed: int
) -> pa.Table:
    dependant: Flags = holder != who
    relation = pick(("insured", "dependant"), dependant.astype(np.int64))
    amount = pick(AMOUNTS, scatter(people.index[holder], PERSON_SPACE, seed + 23) % len(AMOUNTS))
    return pa.table(
        {
            "national_id": people.national_id.take(pa.array(who)),
            "unit_code": code.take(pa.array(people.unit[who])),
            "relation": relation,
            "start_date": start,
            "end_date": end,
            "insured_national_id": only(dependant, national_ids(people.index[holder], seed=seed), ""),
            "dependant_kind": only(dependant, pick(DEPENDANT_KINDS, people.index[who] % 3), ""),
            "insured_amount": amount.cast(pa.int32()),
        }
    )


def _end(on: date, days: Ints) -> pa.Array:
    return only(days > 0, days_before(on, days), None)


def _side_by_side(*columns: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(*columns, "")
