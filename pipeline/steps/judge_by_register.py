"""What the register says of files that are only checked: judged as at night, and all of it taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import pandas as pd
from sqlalchemy import Connection

from pipeline.model.batch import BatchState
from pipeline.model.file_faults import duplicate_refusal, unit_refusal
from pipeline.model.outcome import TAIPEI, Outcome
from pipeline.steps.check_files import SeenFile
from pipeline.steps.stage_rows import staged_frame
from pipeline.store import batches, judgement, rows, runs
from pipeline.store.batches import NewBatch
from pipeline.store.engine import Database
from validators import file_name

# These outcomes are no fault of their own: the one is good, the other told field by field.
NOT_TOLD = (Outcome.REGISTERED.value, Outcome.FIELD_ERROR.value)


def judge_by_register(
    database: Database, seen: Sequence[SeenFile], judged: pd.DataFrame, *, at: datetime
) -> pd.DataFrame:
    """Note on the files what the register refuses, and give the rows of opened files their outcomes.

    `judged` has `file_id` = the file's place in `seen`; where the unit is unknown its `outcome` stays.
    `at` is when the files are taken to have reached us. Nothing is written: it is a rehearsal.

    Raises:
        MachineUnusable: the database is away.
    """
    with database.rehearsal() as trial, trial.transaction() as connection:
        _refuse_units(connection, seen, at)
        _refuse_duplicates(connection, seen)
        run_id = runs.start(connection, at=at, dry_run=True)
        ids = {
            place: _record(connection, file, at, run_id)
            for place, file in enumerate(seen)
            if file.opened and file.is_unit_known
        }
        return _with_outcomes(connection, judged, ids, run_id) if ids else judged


def _refuse_units(connection: Connection, seen: Sequence[SeenFile], at: datetime) -> None:
    """Unknown and closed units; a name that tells no unit is refused already."""
    received_on = at.astimezone(TAIPEI).date()
    closed_on = batches.units_closed_on(connection, [file.unit_code for file in seen if file.unit_code])
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


def _record(connection: Connection, file: SeenFile, at: datetime, run_id: int) -> int:
    """A waiting batch of the file, without its content; refused files too, so that their rows are told."""
    name = file_name.printable(file.path.name)
    new = NewBatch(
        name=name,
        unit_code=file.unit_code or "",
        file_date=file.file_date,
        source="check",
        sha256="",
        received_at=at,
        received_on=at.astimezone(TAIPEI).date(),
        encoding="",
        ignored_columns=(),
        row_count=file.row_count,
        state=BatchState.WAITING,
        reason="",
        detail="",
        run_id=run_id,
    )
    return batches.record(connection, [new])[0]


def _with_outcomes(
    connection: Connection, judged: pd.DataFrame, ids: dict[int, int], run_id: int
) -> pd.DataFrame:
    """Stage and judge the rows of these batches (by the file's place), and read what came out."""
    chunk_id = batches.new_chunk(connection, run_id=run_id, batch_ids=list(ids.values()))
    is_asked = judged["file_id"].isin(list(ids))
    asked = judged[is_asked]
    rows.stage(connection, staged_frame(asked.assign(file_id=asked["file_id"].map(ids))))
    judgement.judge(connection, chunk_id)
    batches.set_state(connection, list(ids.values()), BatchState.JUDGED)
    found = rows.judged(connection, chunk_id)["outcome"].replace(dict.fromkeys(NOT_TOLD, ""))
    outcomes = judged["outcome"].astype("str")
    outcomes[is_asked] = found.to_numpy()  # both in the order of files and rows
    return judged.assign(outcome=outcomes)
