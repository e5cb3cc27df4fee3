"""Which files look so strange that an operator must see them before anything of them is registered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from pipeline.bulk.queries.batches import Batch
from pipeline.bulk.rules.held import HOLD_FROM_ROWS, HOLD_ROWS_PER_COVERED, Suspicion, hold_reason
from pipeline.bulk.rules.outcome import Outcome
from pipeline.insured.queries import coverages
from pipeline.store.engine import Connection

# Rows with these outcomes add nobody to the people that the unit covers.
NOT_COUNTED: Final = (Outcome.FIELD_ERROR, Outcome.DUPLICATE_IN_FILE, Outcome.NOT_INSURED_HERE)


def reasons_to_hold(connection: Connection, judged: pd.DataFrame, waiting: Sequence[Batch]) -> dict[int, str]:
    """Why each suspicious batch of `waiting` that no operator released is held; `judged` are their rows."""
    asked = [batch for batch in waiting if not batch.is_released and batch.row_count >= HOLD_FROM_ROWS]
    counts = _counts(judged)
    covered = _covered(connection, asked, counts["covered"])
    crowds = _most_people_per_email(judged)
    reasons = {
        batch.batch_id: hold_reason(
            Suspicion(
                rows=int(counts["rows"][batch.batch_id]),
                covered_people=covered[batch.batch_id],
                not_insured=int(counts["not_insured"][batch.batch_id]),
                wrong_check_digits=int(counts["wrong_check_digits"][batch.batch_id]),
                most_people_per_email=crowds.get(batch.batch_id, 0),
            )
        )
        for batch in asked
    }
    return {batch_id: reason for batch_id, reason in reasons.items() if reason}


def _counts(judged: pd.DataFrame) -> pd.DataFrame:
    """Rows of each kind, by batch."""
    faults = judged["faults"].cat
    is_wrong = faults.categories.str.contains("ID_CHECK_DIGIT")
    kinds = pd.DataFrame(
        {
            "rows": True,
            "not_insured": judged["outcome"].eq(Outcome.NOT_INSURED_HERE),
            "wrong_check_digits": is_wrong[faults.codes.to_numpy()],
            "covered": ~judged["outcome"].isin(NOT_COUNTED),
        }
    )
    return kinds.groupby(judged["batch_id"].to_numpy()).sum()


def _covered(connection: Connection, asked: Sequence[Batch], seen: pd.Series[int]) -> dict[int, int]:
    """How many people each batch's unit covers: those in the file, if they are enough, else all of them."""
    found = {batch.batch_id: int(seen[batch.batch_id]) for batch in asked}
    few = [batch for batch in asked if batch.row_count > HOLD_ROWS_PER_COVERED * found[batch.batch_id]]
    for day in sorted({batch.received_on for batch in few}):
        of_day = [batch for batch in few if batch.received_on == day]
        units = sorted({batch.unit_code for batch in of_day})
        people = coverages.people_covered(connection, units, on=day)
        found.update((batch.batch_id, people.get(batch.unit_code, 0)) for batch in of_day)
    return found


def _most_people_per_email(judged: pd.DataFrame) -> dict[int, int]:
    """How many people share the busiest e-mail of each batch, where an address stands on several rows."""
    is_shared = judged["warnings"].cat.categories.str.contains("EMAIL_SHARED")
    rows = judged[is_shared[judged["warnings"].cat.codes.to_numpy()] & judged["national_id"].ne("")]
    keys = [rows["batch_id"], rows["email"].str.lower()]  # upper and lower case are one mailbox
    people = rows.groupby(keys)["national_id"].nunique()
    most = people.groupby(level=0).max()
    return dict(zip(most.index.tolist(), most.tolist(), strict=True))
