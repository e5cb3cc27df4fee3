"""A made-up night: employers' files as Excel and people leave them, and what should become of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.bulk.intake.employer_file.column_names import HEADER
from pipeline.sample.numbers import Ints, digits, joined, mobile_numbers
from pipeline.sample.plain import WIDE
from pipeline.sample.sample_people import emails, national_ids, pick
from pipeline.sample.sample_register import Register

LANDLINE_SHARE: Final = 0.20
DAMAGE_SHARE: Final = 0.05
AREAS: Final = (("02-2", 7), ("03-3", 6), ("04-2", 7), ("07-3", 6), ("037-3", 5), ("049-2", 6), ("089-3", 5))

GOOD, CHECK_DIGIT, MALFORMED, EMAIL, PHONE, NOT_INSURED, DUPLICATE = range(7)
OUTCOMES: Final = {
    GOOD: "REGISTERED",
    CHECK_DIGIT: "FIELD_ERROR",
    MALFORMED: "FIELD_ERROR",
    EMAIL: "FIELD_ERROR",
    PHONE: "FIELD_ERROR",
    NOT_INSURED: "NOT_INSURED_HERE",
    DUPLICATE: "DUPLICATE_IN_FILE",
}

Change = Callable[[str], str]


def _last_digit_moved(by: int) -> Change:
    return lambda cell: f"{cell[:9]}{(int(cell[9]) + by) % 10}"


# A cell is written as it stands in the file, so one with a comma or a quote brings its own quotes.
DAMAGES: Final[tuple[tuple[str, Change], ...]] = (
    ("phone", lambda cell: cell[1:]),  # Excel took it for a number
    ("phone", lambda cell: f"{cell[1:]}.0"),
    ("phone", lambda cell: cell.translate(WIDE)),
    ("phone", lambda cell: f"'{cell}"),
    ("phone", lambda cell: f'"=""{cell}"""'),
    ("id", lambda cell: cell.translate(WIDE)),
    ("id", str.lower),
    ("id", lambda cell: f"{cell}\u00a0"),
    ("email", lambda cell: cell.replace("@", "\uff20")),
)
FAULTS: Final[dict[int, tuple[str, tuple[Change, ...]]]] = {
    CHECK_DIGIT: (
        "id",
        tuple(_last_digit_moved(by) for by in range(1, 10)),
    ),
    MALFORMED: (
        "id",
        (
            lambda cell: cell[:9],
            lambda cell: f"{cell}1",
            lambda cell: f"9{cell[1:]}",
            lambda cell: f"{cell[:6]}O{cell[7:]}",
            lambda _: "護照",
            lambda _: "",
        ),
    ),
    EMAIL: (
        "email",
        (
            lambda cell: cell.replace("@", ""),
            lambda cell: cell.replace("@", "..@"),
            lambda cell: cell.replace("@", " @"),
            lambda cell: f'"{cell},"',
            lambda cell: cell.split(".")[0],
            lambda _: "",
        ),
    ),
    PHONE: (
        "phone",
        (
            lambda cell: cell[:7],
            lambda _: "9.12E+08",
            lambda cell: f"手機{cell}",
            lambda cell: f"0-{cell[1:]}",
            lambda _: "0800000123",
            lambda _: "",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Outside:
    """Whom a file can wrongly name: from `first_quiet` on people of other units, from `total` on nobody."""

    first_quiet: int
    total: int


def write_night(
    register: Register, inbox: Path, *, bad_percent: float, seed: int, on: date, outside: Outside
) -> Counter[str]:
    """Write one file for each unit that hands one in, dated `on`; how many rows each outcome should have."""
    rng = np.random.default_rng([seed, register.group.first_unit])
    people = register.people
    order = rng.permutation(np.flatnonzero(people.is_handed_in))
    order = order[np.argsort(people.unit[order], kind="stable")]
    file = people.unit[order]
    kind = _settle_duplicates(file, _draw_kinds(rng, len(order), bad_percent))
    cells = _cells(register, order, kind, rng, seed, outside)
    lines = pc.binary_join_element_wise(cells["id"], cells["email"], cells["phone"], ",")
    _write_files(register, inbox, lines, rng, on)
    return Counter(OUTCOMES[int(value)] for value in kind)


def _draw_kinds(rng: np.random.Generator, rows: int, bad_percent: float) -> Ints:
    """One kind a row: exactly the asked share is bad, in six even parts, anywhere."""
    kind = np.zeros(rows, dtype=np.int64)
    bad = rng.permutation(rows)[: round(rows * bad_percent / 100)]
    kind[bad] = np.arange(len(bad)) % DUPLICATE + 1
    return kind


def _good_before(file: Ints, kind: Ints) -> Ints:
    """For each row the place of the nearest good row above it in its file, or -1."""
    place = np.maximum.accumulate(np.where(kind == GOOD, np.arange(len(kind)), -1)) if len(kind) else kind
    found: Ints = np.where((place >= 0) & (file[place] == file), place, -1)
    return found


def _settle_duplicates(file: Ints, kind: Ints) -> Ints:
    """A row without a good one above it has nothing to repeat: its check digit goes wrong instead."""
    settled: Ints = np.where((kind == DUPLICATE) & (_good_before(file, kind) < 0), CHECK_DIGIT, kind)
    return settled


def _cells(
    register: Register, order: Ints, kind: Ints, rng: np.random.Generator, seed: int, outside: Outside
) -> dict[str, pa.Array]:
    people = register.people
    file, index = people.unit[order], people.index[order]
    source = np.where(kind == DUPLICATE, _good_before(file, kind), np.arange(len(order)))
    named = np.where(kind == NOT_INSURED, _outsiders(kind, file, index, outside), index[source])
    lot = rng.random(len(order))
    damaged = (kind == GOOD) & (lot < DAMAGE_SHARE)
    landline = ~damaged & (kind != PHONE) & (rng.random(len(order)) < LANDLINE_SHARE / (1 - DAMAGE_SHARE))
    cells = {
        "id": national_ids(named, seed=seed),
        "email": emails(index, seed=seed),
        "phone": pc.if_else(pa.array(landline), _landlines(index), mobile_numbers(index, seed=seed)),
    }
    turn = np.cumsum(damaged) % len(DAMAGES)
    for number, (column, change) in enumerate(DAMAGES):
        cells[column] = _changed(cells[column], np.flatnonzero(damaged & (turn == number)), (change,))
    for fault, (column, changes) in FAULTS.items():
        cells[column] = _changed(cells[column], np.flatnonzero(kind == fault), changes)
    return cells


def _outsiders(kind: Ints, file: Ints, index: Ints, outside: Outside) -> Ints:
    """For each row a person whom its unit does not cover; never the same twice in a file."""
    wrong = np.cumsum(kind == NOT_INSURED)
    in_file = wrong - wrong[np.searchsorted(file, file)]
    quiet = outside.total - outside.first_quiet
    elsewhere = outside.first_quiet + (file * 1_009 + in_file) % max(quiet, 1)
    is_elsewhere = (in_file % 2 == 0) & (in_file < quiet)
    people: Ints = np.where(is_elsewhere, elsewhere, outside.total + index)
    return people


def _landlines(index: Ints) -> pa.Array:
    lines = [
        pc.binary_join_element_wise(
            pick((prefix,), index * 0), joined(digits(index * 7_919 % 10**width, width)), ""
        )
        for prefix, width in AREAS
    ]
    number = pc.choose(pa.array(index % len(AREAS)), *lines)
    return pc.binary_join_element_wise(number, pick(("", "", "", "#12", "#305"), index % 5), "")


def _changed(cells: pa.Array, places: Ints, changes: tuple[Change, ...]) -> pa.Array:
    """The cells with those at `places` changed, by each change in turn."""
    if not len(places):
        return cells
    old = cells.take(pa.array(places)).to_pylist()
    new = [changes[turn % len(changes)](cell) for turn, cell in enumerate(old)]
    mask = np.zeros(len(cells), dtype=np.bool_)
    mask[places] = True
    return pc.replace_with_mask(cells, pa.array(mask), pa.array(new, pa.string()))


def _write_files(
    register: Register, inbox: Path, lines: pa.Array, rng: np.random.Generator, on: date
) -> None:
    inbox.mkdir(parents=True, exist_ok=True)
    start = 0
    for code, rows in zip(register.unit_code.to_pylist(), register.group.file_rows.tolist(), strict=True):
        if rows:
            text = [HEADER, *lines.slice(start, rows).to_pylist(), ""]
            content = encoded(text, habit=int(rng.integers(20)))
            (inbox / f"{code}{on:%Y%m%d}.CSV").write_bytes(content)
            start += rows


def encoded(lines: list[str], *, habit: int) -> bytes:
    """A file as one of twenty habits saves it: mostly Excel's UTF-8 with BOM, some CP950, some plain."""
    text = ("\n" if habit == 0 else "\r\n").join(lines)
    if habit < 4:  # CP950 has no no-break space; Chinese keyboards type the ideographic one
        return text.replace("\u00a0", "\u3000").encode("cp950")
    return text.encode("utf-8" if habit == 4 else "utf-8-sig")
