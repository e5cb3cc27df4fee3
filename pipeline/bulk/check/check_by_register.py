"""What the register says of files that are only checked; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
) -> tuple[list[SeenFile], pd.DataFrame]:
    """Returns the files with what the register refuses, and the rows of opened files with their outcomes.

    `judged` has `file_id` = the file's place in `seen`; where the unit is unknown its `outcome` stays.
    `at` is when the files are taken to have reached us.

    Raises:
        MachineUnusable: the database is away.
    """
    with database.reading() as connection:
        files = _with_duplicates(connection, _with_units(connection, seen, at))
        return files, _with_outcomes(connection, files, judged, at)


def _with_units(connection: Connection, seen: Sequence[SeenFile], at: datetime) -> list[SeenFile]:
    """Unknown and closed units; a name that tells no unit is refused already."""
    received_on = day_of(at)
    closed_on = units.closed_on(connection, [file.unit_code for file in seen if file.unit_code])
    return [
        replace(
            file,
            is_unit_known=file.unit_code in closed_on,
            findings=replace(
                file.findings, unit=unit_refusal(file.unit_code, closed_on, received_on=received_on)
            ),
        )
        if file.unit_code
        else file
        for file in seen
    ]


def _with_duplicates(connection: Connection, seen: Sequence[SeenFile]) -> list[SeenFile]:
    """Files that the night would only call duplicates."""
    fingerprints = [sha256(file.content).hexdigest() for file in seen]
    received = batches.received_before(connection, fingerprints)
    files = []
    for file, fingerprint in zip(seen, fingerprints, strict=True):
        duplicate = None
        if file.unit_code and not file.findings.refusals:
            duplicate = duplicate_refusal(received.get((file.unit_code, file.path.name, fingerprint)))
        files.append(replace(file, findings=replace(file.findings, duplicate=duplicate)))
    return files


def _with_outcomes(
    connection: Connection, seen: Sequence[SeenFile], judged: pd.DataFrame, at: datetime
) -> pd.DataFrame:
    """The rows without faults of files whose unit is known; rows of refused files are reported too."""
    received_on = day_of(at)
    files = {
        place: HandedIn(file.unit_code, received_on)
        for place, file in enumerate(seen)
        if file.opened and file.is_unit_known
    }
    is_asked = judged["file_id"].isin(files) & ~has_fault(judged)
    asked = judged.loc[is_asked, ["file_id", "row_number", "national_id"]].rename(
        columns={"file_id": "batch_id"}
    )
    found = judge_by_register(connection, asked, files, at=at)
    found.verdicts.close()
    outcomes = judged["outcome"].astype("str")
    outcome = found.rows["outcome"]
    outcomes[is_asked] = outcome.mask(outcome.eq(Outcome.REGISTERED), "")  # a good row: nothing to report
    return judged.assign(outcome=outcomes)
