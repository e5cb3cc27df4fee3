"""What the register says of rows without faults, at night and when a file is only checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd

from pipeline.bulk.queries import judgement
from pipeline.bulk.queries.judgement import Verdicts
from pipeline.bulk.rules.outcome import Outcome
from pipeline.store.engine import Connection


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Whose file it is, and the Taipei date on which it reached us: what coverage is judged by."""

    unit_code: str
    received_on: date


@dataclass(frozen=True, slots=True)
class JudgedByRegister:
    """Each row's person and outcome (`rows`: person_id, outcome), and the verdicts to register by."""

    rows: pd.DataFrame
    verdicts: Verdicts


def judge_by_register(
    connection: Connection, rows: pd.DataFrame, files: Mapping[int, HandedIn], *, at: datetime
) -> JudgedByRegister:
    """Ask the register about rows without faults; nothing is stored.

    `rows`: batch_id (a key of `files`), row_number, national_id, in the order of files and rows; the answer
    has the same index. `at` decides which applications are past their last day.
    """
    batch_ids = np.array(sorted(files), np.int64)
    handed_in = [files[batch_id] for batch_id in batch_ids.tolist()]
    which = np.searchsorted(batch_ids, rows["batch_id"].to_numpy())
    asked = pd.DataFrame(
        {
            "batch_id": rows["batch_id"],
            "row_number": rows["row_number"],
            "unit_code": np.array([one.unit_code for one in handed_in], object)[which],
            "received_on": np.array([one.received_on for one in handed_in], object)[which],
            "national_id": rows["national_id"],
        }
    )
    verdicts = judgement.judge(connection, asked, at=at)
    differing = verdicts.differing()
    keys = ["batch_id", "row_number"]
    places = pd.MultiIndex.from_frame(rows[keys]).get_indexer(pd.MultiIndex.from_frame(differing[keys]))
    person_id = rows["national_id"].to_numpy(object, copy=True)
    outcome = np.full(len(rows), Outcome.REGISTERED.value, object)
    person_id[places], outcome[places] = differing["person_id"], differing["outcome"]
    judged = pd.DataFrame({"batch_id": rows["batch_id"], "person_id": person_id, "outcome": outcome})
    # The same person under the same or another number; the first row of the file counts.
    judged.loc[judged.duplicated(["batch_id", "person_id"]), "outcome"] = Outcome.DUPLICATE_IN_FILE.value
    return JudgedByRegister(judged[["person_id", "outcome"]], verdicts)
