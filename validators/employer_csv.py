"""Rows of employers' files, judged at once: one pandera schema over a frame of many files.

Needs pandas, pandera and pyarrow; no `__init__` imports it. A pandera call has a fixed cost of some 30 ms, so
a frame holds as many files as it can; the verdicts are read from the checks' own masks, never from failure
cases, which would cost more than the checks and hold personal data.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from validators import email_column, id_column, phone_column
from validators.cell_column import Cells, ColumnVerdict, Mask, positions, take

Files = npt.NDArray[np.int64]  # each row's file as a code from 0

KEPT: Final = ("file_id", "row_number", "line_number")


class RowFrameError(TypeError):
    """The frame does not have the columns and types of a row frame: a fault of the caller, not of a file."""


# The verdicts of the checks of one call; pandera itself returns only whether all rows passed.
_verdicts: ContextVar[dict[str, ColumnVerdict]] = ContextVar("verdicts")


JUDGES: Final[dict[str, Callable[[Cells], ColumnVerdict]]] = {
    "national_id": id_column.judge,
    "email": email_column.judge,
    "phone": phone_column.judge,
}


def _column(name: str) -> pandera.Column:
    """A text column whose check judges it and stores the verdict."""

    def is_good(cells: pd.Series) -> pd.Series:
        verdict = JUDGES[name](_arrow(cells))
        _verdicts.get()[name] = verdict
        return pd.Series(verdict.is_good, index=cells.index)

    # Failure cases are never read, so one is enough. ignore_na would copy the column, which has no nulls.
    check = pandera.Check(is_good, name=f"{name}_is_good", n_failure_cases=1, ignore_na=False)
    return pandera.Column("str", check)


SCHEMA: Final = pandera.DataFrameSchema(
    {
        "file_id": pandera.Column("int64"),
        "row_number": pandera.Column("int32"),
        "line_number": pandera.Column("int32"),
        "national_id": _column("national_id"),
        "email": _column("email"),
        "phone": _column("phone"),
    }
)


def judge_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Judge the rows of one or many files. Returns a new frame with the same index; a fault is a value in it.

    In: file_id, row_number, line_number and the raw text of national_id, email, phone. Out: the first three;
    the three values normalised; *_fault and *_repairs (categories, "" = none; repairs joined by spaces);
    masked_id; is_duplicate (an earlier row of the file without faults holds the same ID, and this row has no
    fault either); email_typo; email_shared (a good address on more than one row of the file).

    Raises:
        RowFrameError: columns or types are not those of a row frame.
    """
    verdicts = _judge_columns(rows)
    ids, emails, phones = (verdicts[name] for name in ("national_id", "email", "phone"))
    files = pd.factorize(rows["file_id"])[0].astype(np.int64)
    is_clean = ids.is_good & emails.is_good & phones.is_good
    judged = {name: rows[name] for name in KEPT}
    judged |= {name: _text(verdict.values, rows.index) for name, verdict in verdicts.items()}
    for name, verdict in (("id", ids), ("email", emails), ("phone", phones)):
        judged[f"{name}_fault"] = _category(verdict.faults, verdict.fault_codes, rows.index)
        judged[f"{name}_repairs"] = _category(verdict.repairs, verdict.repair_sets, rows.index)
    judged["masked_id"] = _text(id_column.masked(ids), rows.index)
    judged["is_duplicate"] = _flags(_duplicates(files, ids.values, is_clean), rows.index)
    judged["email_typo"] = _flags(email_column.likely_typos(emails), rows.index)
    judged["email_shared"] = _flags(_shared(files, emails), rows.index)
    return pd.DataFrame(judged, index=rows.index, copy=False)


def _judge_columns(rows: pd.DataFrame) -> dict[str, ColumnVerdict]:
    """Judge with one pandera call. Returns each text column's verdict by its name, in the frame's order."""
    verdicts: dict[str, ColumnVerdict] = {}
    token = _verdicts.set(verdicts)
    try:
        SCHEMA.validate(rows, lazy=True)
    except SchemaErrors as errors:
        # Neither re-raised nor printed: its text holds the failing cells.
        problems = [error for error in errors.schema_errors if not _is_verdict(error)]
        if problems:
            names = sorted({str(error.schema.name) for error in problems})
            raise RowFrameError(f"not a row frame; see column {', '.join(names)}") from None
    finally:
        _verdicts.reset(token)
    # pandera swallows an exception of a check; judging again outside raises it.
    return {name: verdicts.get(name) or judge(_arrow(rows[name])) for name, judge in JUDGES.items()}


def _is_verdict(error: SchemaError) -> bool:
    """Whether the error comes from a check that found faults or broke, not from the frame's form."""
    return error.reason_code in (SchemaErrorReason.DATAFRAME_CHECK, SchemaErrorReason.CHECK_ERROR)


def _duplicates(files: Files, ids: Cells, is_clean: Mask) -> Mask:
    """Which rows without faults have the ID of an earlier such row of the same file."""
    clean = positions(is_clean)
    people = files[clean] * id_column.KEY_LIMIT + id_column.keys(ids, clean)
    is_duplicate = np.zeros(len(is_clean), np.bool_)
    is_duplicate[clean] = pd.Series(people).duplicated(keep="first")
    return is_duplicate


def _shared(files: Files, emails: ColumnVerdict) -> Mask:
    """Which rows have a good address that another row of the file has too; case makes no difference."""
    good = positions(emails.is_good)
    addresses = pc.ascii_lower(take(emails.values, good)).dictionary_encode()
    is_shared = np.zeros(len(files), np.bool_)
    mailboxes = files[good] * len(files) + np.asarray(addresses.indices)
    is_shared[good] = pd.Series(mailboxes).duplicated(keep=False)
    return is_shared


def _arrow(cells: pd.Series) -> Cells:
    """The column as one large_string array without nulls."""
    array = pa.array(cells, type=pa.large_string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if array.null_count:
        raise RowFrameError(f"a cell is null in column {cells.name}")
    return array


def _text(values: Cells, index: pd.Index) -> pd.Series:
    return pd.Series(values.to_pandas().array, index=index, dtype="str")


def _category(codes: npt.NDArray[np.integer], names: tuple[str, ...], index: pd.Index) -> pd.Series:
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(names)), index=index)


def _flags(flags: Mask, index: pd.Index) -> pd.Series:
    return pd.Series(flags, index=index)
