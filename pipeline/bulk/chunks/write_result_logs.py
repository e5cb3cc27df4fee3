"""Write the answers of a chunk: one log line a row, one annotated CSV a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

import numpy as np
import pandas as pd

from pipeline.bulk.chunks.chunk_rows import distinct
from pipeline.bulk.letters.answer_mails import ANSWER
from pipeline.bulk.queries import batches, letters, results, undelivered
from pipeline.bulk.queries.batches import Batch
from pipeline.bulk.rules import result_log
from pipeline.bulk.rules.result_log import FileFacts, Rows
from pipeline.clock import day_of
from pipeline.insured.queries import contacts
from pipeline.store.engine import Connection


def write_result_logs(
    connection: Connection,
    answered: Sequence[Batch],
    judged: pd.DataFrame,
    *,
    staff: str,
    at: datetime,
    now: Callable[[], datetime],
) -> None:
    """Answer these batches and close them, in the transaction that registers their people.

    `judged` holds their rows (columns `rows.STORED`, in file order) and may hold others.
    `staff`: where the answer to a unit without contacts goes.
    """
    results.save(connection, pd.DataFrame(list(_answers(answered, judged, at, now))))
    units = sorted({batch.unit_code for batch in answered})
    today = day_of(at)
    addresses = contacts.answered_at(connection, units, on=today, staff=staff)
    owed = [(batch.batch_id, address) for batch in answered for address in addresses[batch.unit_code]]
    letters.owe_answers(connection, ANSWER, owed)
    undelivered.report_in(connection, answered)
    batches.finish(connection, [batch.batch_id for batch in answered], at=now())


def _answers(
    answered: Sequence[Batch], judged: pd.DataFrame, at: datetime, now: Callable[[], datetime]
) -> Iterator[dict[str, object]]:
    of_file = _rows_by_file(judged)
    for batch in answered:
        facts = FileFacts(
            file_date=batch.file_date or batch.received_on,  # an accepted file has a date in its name
            received_on=batch.received_on,
            ignored_columns=tuple(batch.ignored_columns),
        )
        answer = result_log.write(of_file[batch.batch_id], facts, at=at, now=now)
        yield {
            "batch_id": batch.batch_id,
            "log": answer.log,
            "annotated_csv": answer.annotated_csv,
            "outcomes": json.dumps(answer.outcomes),
            "warnings": json.dumps([asdict(warning) for warning in answer.warnings]),
        }


def _rows_by_file(judged: pd.DataFrame) -> dict[int, Rows]:
    decided = judged[judged["outcome"].notna()]
    which, combinations = distinct([decided[name] for name in ("outcome", "faults", "repairs", "warnings")])
    verdicts = np.array([result_log.verdict(*combination) for combination in combinations], object)
    columns = [
        decided["row_number"].tolist(),
        decided["line_number"].tolist(),
        decided["masked_id"].tolist(),
        verdicts[which].tolist(),
    ]
    counts = decided.groupby("batch_id", sort=False).size()
    ends = counts.cumsum()
    return {
        int(batch_id): Rows(*(column[end - count : end] for column in columns))
        for batch_id, count, end in zip(counts.index, counts, ends, strict=True)
    }
