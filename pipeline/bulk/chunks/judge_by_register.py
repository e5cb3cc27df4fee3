"""What the register says of rows without faults, at night and when a file is only checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pipeline.bulk.queries import judgement
from pipeline.bulk.rules.outcome import Outcome
from pipeline.store.engine import Connection


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Whose file it is, and the Taipei date on which it reached us: what coverage is judged by."""

    unit_code: str
    received_on: date


def judge_by_register(
    connection: Connection, rows: pd.DataFrame, files: Mapping[int, HandedIn]
) -> pd.DataFrame:
    """The person and the outcome of each row (columns person_id, outcome; the index of `rows`).

    `rows`: batch_id (a key of `files`), row_number, national_id, without faults, in the order of files and
    rows. Nothing is stored; the connection keeps the verdicts for `judgement.register`.
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
    told = judgement.judge(connection, asked)
    keys = ["batch_id", "row_number"]
    at = pd.MultiIndex.from_frame(rows[keys]).get_indexer(pd.MultiIndex.from_frame(told[keys]))
    person_id = rows["national_id"].to_numpy(object, copy=True)
    outcome = np.full(len(rows), Outcome.REGISTERED.value, object)
    person_id[at], outcome[at] = told["person_id"], told["outcome"]
    judged = pd.DataFrame({"batch_id": rows["batch_id"], "person_id": person_id, "outcome": outcome})
    # The same person under the same or another number; the first row of the file counts.
    judged.loc[judged.duplicated(["batch_id", "person_id"]), "outcome"] = Outcome.DUPLICATE_IN_FILE.value
    return judged[["person_id", "outcome"]]
