"""A made-up register and a night of employers' files, of any size, written in pieces that fit into memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.errors import ArgumentRefused
from pipeline.sample.numbers import Ints
from pipeline.sample.sample_night import Outside, write_night
from pipeline.sample.sample_people import Group
from pipeline.sample.sample_register import CSV_PEOPLE, make_register, register_files

MAX_PEOPLE: Final = 50_000_000  # twice the country; beyond it the made-up numbers would run out
GROUP_PEOPLE: Final = 200_000
QUIET_UNIT_PEOPLE: Final = 24  # Taiwan: 24 million people, about a million units
README: Final = "README.txt"


@dataclass(frozen=True, slots=True)
class DemoData:
    """What was written, and what a night over it should find: rows for each outcome."""

    people: int
    units: int
    files: int
    rows: int
    outcomes: dict[str, int]


def make_demo_data(
    folder: Path, *, people: int, files: int, rows: int, bad_percent: float, seed: int, on: date
) -> DemoData:
    """Write `register/` and `inbox/` under `folder`: `rows` rows in `files` files, `bad_percent` of them bad.

    `on` is the date in the file names and the day the register stands at.
    The same arguments make the same bytes.

    Raises:
        ArgumentRefused: the numbers do not fit together, or the folder holds something already.
    """
    _refuse_misfits(people, files, rows, bad_percent)
    _make_empty(folder)
    sizes, file_rows, is_closed = _plan(people, files, rows)
    outside = Outside(first_quiet=int(sizes[:files].sum()), total=people)
    outcomes: Counter[str] = Counter()
    with register_files(folder / "register", as_csv=people <= CSV_PEOPLE) as written:
        for group in _groups(sizes, file_rows, is_closed):
            register = make_register(group, seed=seed, on=on)
            for word, table in register.tables.items():
                written[word].write_table(table)
            outcomes += write_night(
                register, folder / "inbox", bad_percent=bad_percent, seed=seed, on=on, outside=outside
            )
    made = DemoData(people, len(sizes), files, rows, dict(outcomes))
    write_readme(folder, made.outcomes)
    return made


def write_readme(folder: Path, outcomes: dict[str, int]) -> None:
    """Say beside the data that nobody in it exists, and what a night over it should find."""
    expected = "\n".join(f"  {outcome}: {count}" for outcome, count in sorted(outcomes.items()))
    (folder / README).write_text(
        "本資料夾內的人員、證號、卡號、單位、電話與信箱全部為程式虛構,如與真實人物相同純屬巧合。\n"
        "Everything here is made up by a program: people, numbers, units, phones and addresses.\n\n"
        "register/  投保資料 (load with: nhicard load-register)\n"
        "inbox/     投保單位的檔案 (run with: nhicard run-batch --inbox)\n\n"
        f"預期結果 (rows for each outcome, when nobody is registered yet):\n{expected}\n",
        encoding="utf-8",
    )


def _refuse_misfits(people: int, files: int, rows: int, bad_percent: float) -> None:
    if not 1 <= files <= rows <= people <= MAX_PEOPLE:
        raise ArgumentRefused(f"give 1 <= files <= rows <= people <= {MAX_PEOPLE}: each row names one person")
    if not 0 <= bad_percent <= 100:
        raise ArgumentRefused("the percentage of bad rows lies between 0 and 100")


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any((folder / name).exists() for name in ("register", "inbox")):
            raise ArgumentRefused(f"{folder} holds a register or an inbox already: choose another folder")
    except OSError as error:
        raise ArgumentRefused(f"cannot write {folder}: {error.strerror}") from None


def _plan(
    people: int, files: int, rows: int
) -> tuple[Ints, Ints, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """People and file rows of each unit, and which are closed: first those that hand in, then quiet ones."""
    handed_in = _split(rows, files)
    beside = _split(min(people - rows, rows // 8), files)  # colleagues who are in no file
    rest = people - rows - int(beside.sum())
    quiet = _split(rest, max(2, rest // QUIET_UNIT_PEOPLE))
    sizes = np.concatenate([handed_in + beside, quiet])
    file_rows = np.concatenate([handed_in, np.zeros(len(quiet), dtype=np.int64)])
    place = np.arange(len(sizes))
    return sizes, file_rows, (place >= files) & ((place - files) % 20 == 1)


def _split(total: int, parts: int) -> Ints:
    """`total` in `parts` whole numbers as even as can be."""
    return np.full(parts, total // parts, dtype=np.int64) + (np.arange(parts) < total % parts)


def _groups(
    sizes: Ints, file_rows: Ints, is_closed: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Iterator[Group]:
    """Units side by side until about `GROUP_PEOPLE` people are together."""
    people_before = np.cumsum(sizes) - sizes
    number = people_before // GROUP_PEOPLE
    starts = np.flatnonzero(np.diff(number, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(sizes)], strict=True):
        part = slice(start, stop)
        yield Group(int(people_before[start]), int(start), sizes[part], file_rows[part], is_closed[part])
