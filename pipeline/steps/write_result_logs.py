"""Write the answers of a chunk: one log line a row, one annotated CSV a file, owed to the unit's contacts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pandas as pd

from pipeline.model import result_log
from pipeline.model.batch import BatchState
from pipeline.model.outcome import TAIPEI
from pipeline.model.result_log import FileFacts, Row
from pipeline.settings import Settings
from pipeline.store import batches, contacts, letters, results, rows, undelivered
from pipeline.store.engine import Database


def write_result_logs(
    database: Database, settings: Settings, chunk_id: int, *, at: datetime, now: Callable[[], datetime]
) -> int:
    """Answer every judged batch of the chunk and close it; return how many.

    Safe to run twice: a batch is answered in the transaction that closes it.

    Raises:
        MachineUnusable: the database is away; no batch is half answered.
    """
    with database.transaction() as connection:
        judged = batches.locked(connection, chunk_id, BatchState.JUDGED)
        if not judged:
            return 0
        answers = list(_answers(judged, rows.judged(connection, chunk_id), at, now))
        results.save(connection, pd.DataFrame(answers))
        units = sorted({batch.unit_code for batch in judged})
        today = at.astimezone(TAIPEI).date()
        addresses = contacts.answered_at(connection, units, on=today, staff=settings.staff_mail)
        owed = [(batch.batch_id, address) for batch in judged for address in addresses[batch.unit_code]]
        letters.owe_answers(connection, owed)
        undelivered.tell(connection, judged)
        batches.set_state(
            connection, [batch.batch_id for batch in judged], BatchState.DONE, finished_at=now()
        )
    return len(judged)


def _answers(
    judged: list[Any], frame: pd.DataFrame, at: datetime, now: Callable[[], datetime]
) -> Iterator[dict[str, object]]:
    columns = [frame[name].tolist() for name in rows.TOLD]
    everything = [Row(*told) for told in zip(*columns[1:], strict=True)]
    last = frame.groupby("batch_id", sort=False).size().cumsum().to_dict()
    start = 0
    for batch in judged:
        end = last.get(batch.batch_id, start)
        facts = FileFacts(
            file_date=batch.file_date,
            received_on=batch.received_on,
            ignored_columns=tuple(batch.ignored_columns),
        )
        answer = result_log.write(everything[start:end], facts, at=at, now=now)
        yield {
            "batch_id": batch.batch_id,
            "log": answer.log,
            "annotated_csv": answer.annotated_csv,
            "outcomes": json.dumps(answer.outcomes),
            "warnings": json.dumps([asdict(warning) for warning in answer.warnings]),
        }
        start = end
