"""What the register says of files that are only checked; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import pandas as pd

from pipeline.bulk.check.check_files import SeenFile
from pipeline.bulk.check.report_rows import has_fault
from pipeline.bulk.chunks.judge_by_register import HandedIn, judge_by_register
from pipeline.bulk.queries import batches
from pipeline.bulk.rules.file_faults import duplicate_refusal, unit_refusal
from pipeline.bulk.rules.outcome import Outcome
from pipeline.clock import day_of
from pipeline.insured.queries import units
from pipeline.store.engine import Connection, Database


def check_by_register(
    database: Database, seen: Sequence[SeenFile], judged: pd.DataFrame, *, at: datetime
) -> pd.DataFrame:
    """Note on the files what the register refuses, and give the rows of opened files their outcomes.

    `judged` has `file_id` = the file's place in `seen`; where the unit is unknown its `outcome` stays.
    `at` is when the files are taken to have reached us.

    Raises:
        MachineUnusable: the database is away.
    """
    with database.reading() as connection:
        _refuse_units(connection, seen, at)
        _refuse_duplicates(connection, seen)
        return _with_outcomes(connection, seen, judged, at)


def _refuse_units(connection: Connection, seen: Sequence[SeenFile], at: datetime) -> None:
    """Unknown and closed units; a name that tells no unit is refused already."""
    received_on = day_of(at)
    closed_on = units.closed_on(connection, [file.unit_code for file in seen if file.unit_code])
    for file in seen:
        file.is_unit_known = file.unit_code in closed_on
        if file.unit_code:
            file.unit_refusal = unit_refusal(file.unit_code, closed_on, received_on=received_on)


def _refuse_duplicates(connection: Connection, seen: Sequence[SeenFile]) -> None:
    """Files that the night would only call duplicates."""
    fingerprints = [sha256(file.content).hexdigest() for file in seen]
    received = batches.received_before(connection, fingerprints)
    for file, fingerprint in zip(seen, fingerprints, strict=True):
        if file.unit_code and not file.refusals:
            same = received.get((file.unit_code, file.path.name, fingerprint))
            file.duplicate_refusal = duplicate_refusal(same)


def _with_outcomes(
    connection: Connection, seen: Sequence[SeenFile], judged: pd.DataFrame, at: datetime
) -> pd.DataFrame:
    """The rows without faults of files whose unit is known, refused ones too: their rows are told as well."""
    received_on = day_of(at)
    files = {
        place: HandedIn(file.unit_code or "", received_on)
        for place, file in enumerate(seen)
        if file.opened and file.is_unit_known
    }
    is_asked = judged["file_id"].isin(files) & ~has_fault(judged)
    asked = judged.loc[is_asked, ["file_id", "row_number", "national_id"]].rename(
        columns={"file_id": "batch_id"}
    )
    told = judge_by_register(connection, asked, files)["outcome"]
    outcomes = judged["outcome"].astype("str")
    outcomes[is_asked] = told.mask(told.eq(Outcome.REGISTERED), "")  # good: there is nothing to tell
    return judged.assign(outcome=outcomes)
