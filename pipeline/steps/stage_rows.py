"""Stage a chunk: its files' bytes become judged rows in the database."""

from __future__ import annotations

import pandas as pd

from pipeline.intake.csv_bytes import read_rows
from pipeline.model.batch import BatchState
from pipeline.model.outcome import Outcome
from pipeline.store import batches, rows
from pipeline.store.engine import Database
from validators import person_id
from validators.employer_csv import judge_rows


def stage_rows(database: Database, chunk_id: int) -> int:
    """Parse and validate the waiting files of a chunk in one frame and store their rows; return how many.

    Safe to run twice: rows staged before are replaced as long as nothing was registered from them.

    Raises:
        MachineUnusable: the database is away; nothing is half staged.
    """
    with database.reading() as connection:
        contents = batches.contents(connection, chunk_id)
    frame = staged_frame(judge_rows(read_rows(contents)))
    with database.transaction() as connection:
        still = [row.batch_id for row in batches.locked(connection, chunk_id, BatchState.WAITING)]
        batches.delete_rows(connection, still)
        return rows.stage(connection, frame[frame["batch_id"].isin(still)])


def staged_frame(judged: pd.DataFrame) -> pd.DataFrame:
    """The frame of `judge_rows` as rows to store (columns `rows.STAGED`): faulty values stay out."""
    faulty = {name: judged[f"{name}_fault"].ne("").to_numpy() for name in ("id", "email", "phone")}
    any_fault = faulty["id"] | faulty["email"] | faulty["phone"]
    frame = judged[["row_number", "line_number", "masked_id"]].copy()
    frame["batch_id"] = judged["file_id"]
    for column, name in (("national_id", "id"), ("email", "email"), ("phone", "phone")):
        frame[column] = judged[column].mask(faulty[name], "")
    id_faults = _with_kind(judged["id_fault"].astype("str"), judged["national_id"])
    frame["faults"] = _codes(
        id_faults, judged["email_fault"].astype("str"), judged["phone_fault"].astype("str")
    )
    frame["repairs"] = _codes(
        *(_prefixed(judged[f"{name}_repairs"].astype("str"), name) for name in ("id", "email", "phone"))
    )
    frame["warnings"] = _codes(
        *(_flag(judged[f"email_{kind}"], f"EMAIL_{kind.upper()}") for kind in ("typo", "shared"))
    )
    frame["outcome"] = pd.Series(Outcome.FIELD_ERROR.value, index=frame.index, dtype="str").where(any_fault)
    return frame


def _with_kind(faults: pd.Series[str], values: pd.Series[str]) -> pd.Series[str]:
    """Keep what a number of the wrong form looks like, for its hint; the number itself stays out."""
    shapeless = faults.eq("ID_FORMAT")
    return faults.mask(shapeless, values[shapeless].map(person_id.format_kind))


def _flag(mask: pd.Series[bool], code: str) -> pd.Series[str]:
    return pd.Series("", index=mask.index, dtype="str").mask(mask, code)


def _prefixed(codes: pd.Series[str], column: str) -> pd.Series[str]:
    present = codes.ne("")
    told = codes[present].map(lambda text: " ".join(f"{column}:{code}" for code in text.split()))
    return codes.mask(present, told)


def _codes(*parts: pd.Series[str]) -> pd.Series[str]:
    """Join codes by a space; most cells are empty, so only the others are touched."""
    joined = parts[0]
    for part in parts[1:]:
        both = joined.ne("") & part.ne("")
        joined = joined.mask(both, joined + " ") + part
    return joined
