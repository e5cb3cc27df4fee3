"""The rows of a chunk as one frame, judged by their form; what many rows have in common is said once.

Faults, repairs, warnings and outcomes are categories: a hundred thousand rows share a few dozen texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.bulk.intake.employer_file.opening import read_rows
from pipeline.bulk.rules.outcome import Outcome
from validators import person_id
from validators.codes import CellCode
from validators.employer_csv import judge_rows

VALUES: Final = {"id": "national_id", "email": "email", "phone": "phone"}
NO_OUTCOME: Final = -1  # pandas' code of a missing category
FIELD_ERROR: Final = list(Outcome).index(Outcome.FIELD_ERROR)


def judged_form(contents: Iterable[tuple[int, bytes]]) -> pd.DataFrame:
    """The rows of files, given as (batch_id, bytes) that were accepted, in their order, as they are stored.

    Columns of `store.rows.STORED` without `person_id`. Faulty values stay out; `outcome` is FIELD_ERROR or
    missing.
    """
    judged = judge_rows(read_rows(contents))
    faulty = {name: judged[f"{name}_fault"].ne("").to_numpy() for name in VALUES}
    frame = judged[["row_number", "line_number", "masked_id", "email_typo", "email_shared"]].copy()
    frame["batch_id"] = judged["file_id"]
    for name, column in VALUES.items():
        frame[column] = judged[column].mask(faulty[name], "")
    id_fault = _with_kind(judged["id_fault"], judged["national_id"])
    frame["faults"] = joined([id_fault, judged["email_fault"], judged["phone_fault"]], _spaced)
    frame["repairs"] = joined([judged[f"{name}_repairs"] for name in VALUES], _repairs)
    frame["warnings"] = _warnings(frame.pop("email_typo"), frame.pop("email_shared"))
    any_fault = faulty["id"] | faulty["email"] | faulty["phone"]
    frame["outcome"] = outcomes(np.where(any_fault, FIELD_ERROR, NO_OUTCOME), frame.index)
    return frame


def joined(columns: Sequence[pd.Series[Any]], join: Callable[..., str]) -> pd.Series[Any]:
    """One category a row, made of several: `join` is asked once for each combination that occurs."""
    which, combinations = distinct(columns)
    texts = [join(*combination) for combination in combinations]
    return pd.Series(pd.Categorical.from_codes(which, pd.Index(texts)), index=columns[0].index)


def distinct(columns: Sequence[pd.Series[Any]]) -> tuple[npt.NDArray[np.intp], list[tuple[Any, ...]]]:
    """Which combination of these categories each row has, and the combinations that occur."""
    codes = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        codes = codes * (len(column.cat.categories) + 1) + column.cat.codes.to_numpy() + 1
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    return which, list(zip(*(column.iloc[first] for column in columns), strict=True))


def outcomes(codes: npt.NDArray[np.integer], index: pd.Index) -> pd.Series[Any]:
    """Places in `Outcome` (NO_OUTCOME: none yet) as a column of the frame."""
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index([one.value for one in Outcome])), index=index)


def _with_kind(faults: pd.Series[Any], values: pd.Series[str]) -> pd.Series[Any]:
    """Keep what a number of the wrong form looks like, for its hint; the number itself stays out."""
    codes = faults.astype("str")
    shapeless = codes.eq(CellCode.ID_FORMAT)
    return codes.mask(shapeless, values[shapeless].map(person_id.format_code)).astype("category")


def _spaced(*codes: str) -> str:
    return " ".join(filter(None, codes))


def _repairs(*codes: str) -> str:
    return " ".join(
        f"{name}:{code}" for name, found in zip(VALUES, codes, strict=True) for code in found.split()
    )


def _warnings(typo: pd.Series[bool], shared: pd.Series[bool]) -> pd.Series[Any]:
    codes = typo.to_numpy().astype(np.int8) + 2 * shared.to_numpy().astype(np.int8)
    texts = pd.Index(["", "EMAIL_TYPO", "EMAIL_SHARED", "EMAIL_TYPO EMAIL_SHARED"])
    return pd.Series(pd.Categorical.from_codes(codes, texts), index=typo.index)
