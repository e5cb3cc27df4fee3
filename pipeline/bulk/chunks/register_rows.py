"""Store judged rows and register the people whose rows are good."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from pipeline.bulk.letters.success_mails import SUCCESS
from pipeline.bulk.queries import rows
from pipeline.bulk.queries.judgement import Verdicts
from pipeline.bulk.rules.outcome import Outcome
from pipeline.store.engine import Connection


def register_rows(connection: Connection, judged: pd.DataFrame, verdicts: Verdicts, *, at: datetime) -> int:
    """Store the rows, register, and queue the success mails, in the caller's one transaction.

    `judged`: columns `rows.STORED`, with the outcomes of `verdicts`. People whom another process, or an
    earlier file of the chunk, registered meanwhile have the outcome ALREADY_REGISTERED there afterwards.
    Returns how many people were registered.
    """
    good = judged["outcome"].eq(Outcome.REGISTERED)
    again = good & judged["person_id"].where(good).duplicated()
    judged.loc[again, "outcome"] = Outcome.ALREADY_REGISTERED
    rows.save(connection, judged)
    of = (int(judged["batch_id"].min()), int(judged["batch_id"].max()))
    late = verdicts.register(of, expected=int(good.sum() - again.sum()))
    if late:
        keys = pd.MultiIndex.from_frame(judged[["batch_id", "row_number"]])
        judged.loc[keys.isin(late), "outcome"] = Outcome.ALREADY_REGISTERED
    return verdicts.queue_success_mails(of, kind=SUCCESS.name, priority=SUCCESS.priority, at=at)
