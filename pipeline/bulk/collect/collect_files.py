"""Collect the drop folder: record and copy every complete file, then move the original away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final

from pipeline.bulk.collect.judge_hand_ins import judge_hand_ins
from pipeline.bulk.collect.record_hand_ins import record_hand_ins
from pipeline.bulk.intake import inbox_folder
from pipeline.bulk.intake.employer_file.opening import FileLimits
from pipeline.bulk.intake.hand_in import HandIn, JudgedHandIn, Submission
from pipeline.bulk.intake.inbox_folder import FoundFile, Shelf
from pipeline.bulk.queries import hand_ins as stored
from pipeline.bulk.queries.hand_ins import FileIdentity, KnownHandIn
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.bulk.rules.refusals import refusal_of
from pipeline.clock import time_of_day
from pipeline.insured.freshness import require_register
from pipeline.settings import Settings
from pipeline.store.engine import Connection, Database, Work
from pipeline.store.slices import groups
from validators import file_name
from validators.faults import FileRefused

FILES_PER_COMMIT: Final = 500
BYTES_PER_COMMIT: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Collected:
    """Counts of one collection."""

    files: int = 0
    accepted: int = 0
    refused: int = 0

    def __add__(self, other: Collected) -> Collected:
        return Collected(
            self.files + other.files, self.accepted + other.accepted, self.refused + other.refused
        )


@dataclass(frozen=True, slots=True)
class _Shelving:
    """An original that may go to its shelf: which hand-in it is, and why it was refused."""

    found: FoundFile
    hand_in_id: int
    batch_id: int
    refusal: FileRefused | None


def collect_files(
    database: Database,
    settings: Settings,
    *,
    now: Callable[[], datetime],
    run_id: int | None = None,
    receipts: bool = False,
    moves: bool = True,
    progress: Callable[[int], None] = lambda _files: None,
) -> Collected:
    """Record every settled file of the drop folder as a batch, then move it to `processed/` or `refused/`.

    Safe to run twice and in two processes: a file recorded but not yet moved is only moved. With
    `receipts` accepted files are answered at once too. With `moves=False` (a rehearsal) nothing is moved.

    Raises:
        MachineUnusable: no register was ever loaded (every unit would look unknown), or folder or database
            cannot be used; what is recorded stays recorded.
    """
    require_register(database)
    total = Collected()
    files = inbox_folder.settled_files(settings.inbox, settle_seconds=settings.settle_seconds)
    for some in groups(files, weight=attrgetter("size"), heaviest=BYTES_PER_COMMIT, most=FILES_PER_COMMIT):
        with database.transaction(alone=Work.COLLECT) as connection:
            at = now()
            fresh, shelving = _record(connection, some, settings, at, run_id, receipts)
        if moves:
            with database.transaction(alone=Work.COLLECT) as connection:
                stored.mark_moved(connection, list(_move(shelving, at)), at=now())
        total += count(fresh)
        progress(len(some))
    return total


def count(files: Sequence[JudgedHandIn]) -> Collected:
    """Counts of files that were judged."""
    refused = sum(file.refusal is not None for file in files)
    return Collected(files=len(files), accepted=len(files) - refused, refused=refused)


def _record(
    connection: Connection,
    files: Sequence[FoundFile],
    settings: Settings,
    at: datetime,
    run_id: int | None,
    receipts: bool,
) -> tuple[tuple[JudgedHandIn, ...], list[_Shelving]]:
    """Record what is new; say what may be shelved, earlier hand-ins that still lie there too."""
    known = stored.not_moved(connection)
    shelving: list[_Shelving] = []
    fresh: list[tuple[FoundFile, FileIdentity, HandIn]] = []
    for found, identity, content in _read(files, settings):
        if identity in known:
            earlier = known[identity]
            shelving.append(_Shelving(found, earlier.hand_in_id, earlier.batch_id, _refusal(earlier)))
        else:
            fresh.append((found, identity, _hand_in(found, identity, content, at)))
    judged = tuple(
        judge_hand_ins(
            connection,
            [hand_in for *_, hand_in in fresh],
            limits=FileLimits(max_bytes=settings.file_max_bytes, max_rows=settings.file_max_rows),
            requires_consent=settings.consent_required,
        )
    )
    batch_ids = record_hand_ins(
        connection, [Submission(files=judged)], settings, at=at, run_id=run_id, receipts=receipts
    )
    identities = [identity for _, identity, _ in fresh]
    ids = stored.record(connection, list(zip(batch_ids, identities, strict=True)))
    shelving += [
        _Shelving(found, hand_in_id, batch_id, file.refusal)
        for (found, *_), hand_in_id, batch_id, file in zip(fresh, ids, batch_ids, judged, strict=True)
    ]
    return judged, shelving


def _read(
    files: Sequence[FoundFile], settings: Settings
) -> Iterator[tuple[FoundFile, FileIdentity, bytes | None]]:
    for found in files:
        seen = inbox_folder.read(found, max_bytes=settings.file_max_bytes)
        if seen is not None:  # else another process has just moved it, or it is being written again
            content, sha256 = seen
            path = file_name.printable(str(found.path))
            yield found, FileIdentity(path, found.size, found.mtime_ns, sha256), content


def _hand_in(found: FoundFile, identity: FileIdentity, content: bytes | None, at: datetime) -> HandIn:
    return HandIn(
        name=found.path.name,
        content=content,
        sha256=identity.sha256,
        size=found.size,
        received_at=at,
        source="folder",
    )


def _refusal(earlier: KnownHandIn) -> FileRefused | None:
    if earlier.state is not BatchState.REFUSED:
        return None
    return refusal_of(earlier.reason, earlier.detail)


def _move(shelving: list[_Shelving], at: datetime) -> Iterator[int]:
    """Shelve the originals; the hand-ins that are through."""
    for one in shelving:
        refusal = one.refusal
        note = f"{time_of_day(at)} {refusal.message}\n{refusal.hint}\n" if refusal else ""
        shelf: Shelf = "refused" if refusal else "processed"
        if inbox_folder.shelve(one.found, shelf, batch_id=one.batch_id, note=note):
            yield one.hand_in_id
