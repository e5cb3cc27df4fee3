"""The insured check in SQL against a sorted key array: `python -m benchmarks.insured_check`. Wall seconds.

Asked are the rows of a night without faults. Ours: `judgement.judge` in the night's chunks, staging and
reading back included; it also tells the person behind a former number, the card, and who is registered
already. Against it `numpy.searchsorted` over one exact 64-bit key a unit and number covered on the day, a
former number beside the current one. Making the array and the asked keys is apart: only the lookups are
timed. Both must find the same rows insured.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv
from pyarrow import dataset

from benchmarks import nights, sizes
from benchmarks.figures import Figure, report
from benchmarks.measuring import Cost, in_turns, middle, ratio, rounds_of
from benchmarks.nights import KINDS, Kind, Night
from benchmarks.peers.fast_path import FRAME_ROWS
from benchmarks.sizes import Size
from pipeline.bulk.intake.employer_file.opening import read_rows
from pipeline.bulk.queries import judgement
from pipeline.bulk.rules.outcome import Outcome
from pipeline.store.engine import Database
from validators import id_column
from validators.employer_csv import judge_rows

Keys = npt.NDArray[np.int64]
Check = Callable[[], int]  # how many rows are insured

COMMAND: Final = "python -m benchmarks.insured_check"
ARRAY: Final = "key array"
IDS: Final = id_column.KEY_LIMIT // 10  # numbers without their check digit, which follows from the others
NOBODY: Final = np.iinfo(np.int64).max  # behind the last key, for what is beyond it
UNIT_DIGITS: Final = 9
COVERAGE: Final = {
    "unit_code": pa.string(),
    "national_id": pa.string(),
    "start_date": pa.date32(),
    "end_date": pa.date32(),
}
NUMBERS: Final = {"national_id": pa.string(), "former_id": pa.string()}


def measure(size: Size) -> list[Figure]:
    """All figures."""
    night = nights.night_of(size)
    asked = _asked(night, size.files)
    began = time.perf_counter()
    array = covered_keys(night.register, asked["received_on"].iloc[0])
    making_s = time.perf_counter() - began
    with ExitStack() as databases:
        keys = keys_of(asked["unit_code"], asked["national_id"])
        checks: dict[str, Check] = {ARRAY: partial(_look_up, array, keys)}
        for kind in KINDS:
            checks[kind] = partial(_ask, databases.enter_context(_database(kind, night)), asked)
        insured = {name: check() for name, check in checks.items()}
        if len(set(insured.values())) > 1:
            raise SystemExit(f"the sides do not find the same rows insured: {insured}")
        costs = in_turns({name: partial(_timed, check) for name, check in checks.items()}, size.rounds)
    details: dict[str, Any] = {"asked": len(asked), "insured": insured[ARRAY], "keys": len(array) - 1}
    details |= {"making_the_array_s": round(making_s, 2), "costs": rounds_of(costs)}

    def figure(name: str, unit: str, measured: float) -> Figure:
        return Figure(name, unit, measured, details=details, command=COMMAND)

    rates = {name: len(asked) / middle(costs[name]) for name in checks}
    ratios = {kind: ratio(costs, kind, ARRAY) for kind in KINDS}
    return [
        *(figure(f"insured check, {name}", "rows/s", rate) for name, rate in rates.items()),
        *(figure(f"insured check, {kind} / {ARRAY}", "x", times) for kind, times in ratios.items()),
    ]


# --- the register as sorted keys ---


def covered_keys(register: Path, on: date) -> Keys:
    """One key for each unit and number covered on a day, ascending; from the register's files."""
    numbers, others = _other_numbers(register)
    started, ended = pc.field("start_date") <= on, pc.field("end_date") <= on
    covered = [np.zeros(0, np.int64)]
    for batch in _read(register, "coverage", COVERAGE, started & (pc.field("end_date").is_null() | ~ended)):
        keys = keys_of(batch["unit_code"], batch["national_id"])
        place = np.searchsorted(numbers, keys % IDS)
        known = numbers[place] == keys % IDS
        covered += [keys, keys[known] // IDS * IDS + others[place[known]]]
    return np.append(np.unique(np.concatenate(covered)), NOBODY)


def _other_numbers(register: Path) -> tuple[Keys, Keys]:
    """The numbers of people who have two, ascending, and beside each the other one."""
    has_two = pc.field("former_id").is_valid() & (pc.field("former_id") != "")
    people = _read(register, "beneficiaries", NUMBERS, has_two)
    pairs = [np.array([_id_keys(batch[name]) for name in NUMBERS]) for batch in people]
    current, former = np.hstack([np.zeros((2, 0), np.int64), *pairs])
    numbers, others = np.hstack([current, former, [NOBODY]]), np.hstack([former, current, [NOBODY]])
    order = np.argsort(numbers)
    return numbers[order], others[order]


def _read(
    register: Path, word: str, types: dict[str, pa.DataType], wanted: pc.Expression
) -> Iterator[pa.RecordBatch]:
    """The wanted rows of one of the register's files, whichever of the two formats it has."""
    path = next(path for path in register.iterdir() if path.stem == word)
    read_csv = dataset.CsvFileFormat(convert_options=arrow_csv.ConvertOptions(column_types=types))
    file = dataset.dataset(path, format=read_csv if path.suffix == ".csv" else "parquet")
    batches: Iterator[pa.RecordBatch] = file.to_batches(columns=list(types), filter=wanted)
    return batches


def keys_of(units: Any, ids: Any) -> Keys:
    """One whole number for a unit and a right ID, different for different ones."""
    codes: Keys = pa.array(units).cast(pa.int64()).to_numpy(zero_copy_only=False)
    return codes * IDS + _id_keys(ids)


def _id_keys(ids: Any) -> Keys:
    cells = pa.array(ids).cast(pa.large_string())
    return id_column.keys(cells, np.arange(len(cells))) // 10


# --- the two ways to ask ---


def _asked(night: Night, files: int) -> pd.DataFrame:
    """The rows without faults, as `judgement.judge` takes them; the day is the one in the files' names."""
    paths = night.hand_ins(files)
    rows = judge_rows(read_rows((number, path.read_bytes()) for number, path in enumerate(paths)))
    is_clean = ~rows["is_duplicate"] & (rows[["id_fault", "email_fault", "phone_fault"]] == "").all(axis=1)
    clean = rows[is_clean]
    units = np.array([path.name[:UNIT_DIGITS] for path in paths], object)
    asked = clean[["row_number", "national_id"]].assign(batch_id=clean["file_id"])
    asked["unit_code"] = units[clean["file_id"]]
    asked["received_on"] = datetime.strptime(paths[0].stem[UNIT_DIGITS:], "%Y%m%d").date()  # noqa: DTZ007
    return asked


def _ask(database: Database, asked: pd.DataFrame) -> int:
    insured = 0
    for _, chunk in asked.groupby(np.arange(len(asked)) // FRAME_ROWS):
        with database.transaction() as connection:
            told = judgement.judge(connection, chunk, at=datetime.now(UTC)).differing()
        insured += len(chunk) - int((told["outcome"] == Outcome.NOT_INSURED_HERE).sum())
    return insured


def _look_up(array: Keys, keys: Keys) -> int:
    return int((array[np.searchsorted(array, keys)] == keys).sum())


def _timed(check: Check) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    check()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu, 0.0)


@contextmanager
def _database(kind: Kind, night: Night) -> Iterator[Database]:
    """The night's register in a database of that kind."""
    with nights.installation(kind, night, files=0) as prepared:
        database = Database(prepared.url)
        try:
            yield database
        finally:
            database.engine.dispose()


def main() -> None:
    """Measure and report."""
    size = sizes.chosen()
    report("insured_check", size, measure(size))


if __name__ == "__main__":
    main()
