"""Do all ways give the same verdicts, and what does each cost? `python -m benchmarks.agreement`.

Our fast path against our slow path on every cell of the night: value, fault and repairs. Then the columns at
fault, row by row, of our fast path against each peer's, over the peers' rows (SIZE=full: over the whole
night); each difference is counted, and explained where its cell has the form that `REASONS` names. Every
program runs once.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import nights, sizes
from benchmarks.figures import Figure, report
from benchmarks.measuring import Cost, in_turns, ratio, rounds_of
from benchmarks.nights import Night
from benchmarks.peers.program import COLUMNS
from benchmarks.peers.running import OURS, PEERS, ROW_BY_ROW, SLOW_PATH, run_program
from benchmarks.sizes import Size
from pipeline.bulk.intake.employer_file.opening import read_rows
from validators import email_address, person_id, phone
from validators.employer_csv import judge_rows

COMMAND: Final = "python -m benchmarks.agreement"
CELLS: Final = dict(zip(COLUMNS, ("national_id", "email", "phone"), strict=True))
CHECKS: Final = dict(zip(COLUMNS, (person_id.check, email_address.check, phone.check), strict=True))
SAME_VERDICTS: Final = (ROW_BY_ROW, SLOW_PATH)  # of the others a difference is their nature


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a peer accepts (or refuses) what we do not, for cells in which `form` is found."""

    peer: str
    column: str
    accepts: bool
    form: str
    why: str


REASONS: Final = (
    Reason("pandera_by_file", "email", True, r"\.\.", "the usual pattern lets dots stand side by side"),
    Reason(
        "pandera_by_file", "phone", True, r"^0800", "the usual pattern counts digits: toll-free numbers pass"
    ),
)


def measure(size: Size) -> list[Figure]:
    """All figures; the differences are printed."""
    night = nights.night_of(size)
    files = night.hand_ins(size.files)
    rows = read_rows((number, path.read_bytes()) for number, path in enumerate(files))
    rows["file"] = rows["file_id"].map(dict(enumerate(path.name for path in files)))
    verdicts, costs = _run_all(
        night, size.files if size.name == "full" else size.peer_rows // size.rows_a_file
    )
    ours = verdicts.pop(OURS).merge(rows, left_on=("file", "row"), right_on=("file", "row_number"))
    differences = {peer: _differences(peer, ours, theirs) for peer, theirs in verdicts.items()}
    _print(len(ours), differences)
    return [
        _paths_agree(rows),
        *(_agreement(peer, len(ours), counted) for peer, counted in differences.items()),
        *(_cost(peer, len(ours), costs) for peer in PEERS),
    ]


def _run_all(night: Night, files: int) -> tuple[dict[str, pd.DataFrame], dict[str, list[Cost]]]:
    """Each program's verdicts on the first `files` files, and what they cost."""
    with tempfile.TemporaryDirectory() as scratch:
        targets = {name: Path(scratch) / f"{name}.csv" for name in (OURS, *PEERS)}
        inbox = night.folder / "inbox"
        sides = {name: partial(run_program, name, inbox, files, path) for name, path in targets.items()}
        costs = in_turns(sides, 1)
        return {name: pd.read_csv(path, keep_default_na=False) for name, path in targets.items()}, costs


def _agreement(peer: str, rows: int, differences: Counter[Reason]) -> Figure:
    is_same_work = peer in SAME_VERDICTS
    return Figure(
        f"verdicts of {peer} that differ from ours{'' if is_same_work else ' without a reason'}",
        "rows",
        sum(count for reason, count in differences.items() if is_same_work or not reason.why),
        at_most=0,
        details={"rows": rows, "differences": {_told(reason): n for reason, n in differences.items()}},
        command=COMMAND,
    )


def _cost(peer: str, rows: int, costs: dict[str, list[Cost]]) -> Figure:
    return Figure(
        f"{peer} / ours, CPU, {rows:,} rows",
        "x",
        ratio(costs, peer, OURS, "cpu_s"),
        details={"rows": rows, "costs": rounds_of(costs)},
        command=COMMAND,
    )


def _paths_agree(rows: pd.DataFrame) -> Figure:
    """How many cells the fast path judges otherwise than the functions for single values."""
    judged = judge_rows(rows)
    counted = Counter[str]()
    for column, cells in CELLS.items():
        single = rows[cells].map({text: CHECKS[column](text) for text in rows[cells].unique()})
        for part, name in enumerate((cells, f"{column}_fault", f"{column}_repairs")):
            wanted = single.map(lambda checked, part=part: _as_text(checked[part]))
            counted[name] = int((judged[name].astype("str") != wanted).sum())
    return Figure(
        "cells that our fast and our slow path judge differently",
        "cells",
        sum(counted.values()),
        at_most=0,
        details={"rows": len(rows), "differences": dict(counted)},
        command=COMMAND,
    )


def _as_text(part: str | tuple[str, ...] | None) -> str:
    return " ".join(part) if isinstance(part, tuple) else part or ""


def _differences(peer: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> Counter[Reason]:
    """The rows on which a peer differs, by reason; one without words is unexplained."""
    both = ours.merge(theirs, on=("file", "row"), how="outer", suffixes=("", "_peer"), validate="1:1")
    if both[["faults", "faults_peer"]].isna().to_numpy().any():
        raise SystemExit(f"{peer} did not read the same rows: nothing was compared")
    return Counter(
        reason
        for row in both[both["faults"] != both["faults_peer"]].to_dict("records")
        for reason in _reasons(peer, row)
    )


def _reasons(peer: str, row: Mapping[Hashable, Any]) -> Iterator[Reason]:
    """One reason for each column on which the two say differently."""
    ours, theirs = (set(row[name].split()) for name in ("faults", "faults_peer"))
    for column in sorted(ours ^ theirs):
        accepts = column in ours
        known = (
            reason
            for reason in REASONS
            if (reason.peer, reason.column, reason.accepts) == (peer, column, accepts)
            and re.search(reason.form, row[CELLS[column]])
        )
        yield next(known, Reason(peer, column, accepts, "", ""))


def _told(reason: Reason) -> str:
    verb = "accepts" if reason.accepts else "refuses"
    return f"{verb} {reason.column}: {reason.why or 'unexplained'}"


def _print(rows: int, differences: dict[str, Counter[Reason]]) -> None:
    table = Table(
        title=f"verdicts that differ from ours, {rows:,} rows", box=box.SIMPLE, title_justify="left"
    )
    for name in ("peer", "rows", "why"):
        table.add_column(name, overflow="fold")
    for peer, counted in differences.items():
        for reason, count in counted.most_common():
            table.add_row(peer, f"{count:,}", _told(reason))
        if not counted:
            table.add_row(peer, "0", "")
    Console(width=110).print(table)


def main() -> None:
    """Measure and report."""
    size = sizes.chosen()
    report("agreement", size, measure(size))


if __name__ == "__main__":
    main()
