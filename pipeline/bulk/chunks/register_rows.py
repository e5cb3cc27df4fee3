"""Store judged rows and register the people whose rows are good."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from pipeline.bulk.queries import judgement, rows
from pipeline.bulk.rules.outcome import Outcome
from pipeline.store.engine import Connection


def register_rows(connection: Connection, judged: pd.DataFrame, *, at: datetime) -> int:
    """Store the rows, register, and queue the success mails, in the caller's ONE transaction; how many.

    `judged`: columns `rows.STORED`, judged last on this connection. Whom another process registered since,
    or an earlier file of the chunk, has the outcome ALREADY_REGISTERED there afterwards.
    """
    good = judged["outcome"].eq(Outcome.REGISTERED)
    again = good & judged["person_id"].where(good).duplicated()
    judged.loc[again, "outcome"] = Outcome.ALREADY_REGISTERED
    rows.save(connection, judged)
    of = (int(judged["batch_id"].min()), int(judged["batch_id"].max()))
    late = judgement.register(connection, of, expected=int(good.sum() - again.sum()))
    if late:
        keys = pd.MultiIndex.from_frame(judged[["batch_id", "row_number"]])
        judged.loc[keys.isin(late), "outcome"] = Outcome.ALREADY_REGISTERED
    return judgement.queue_success_mails(connection, of, at=at)
