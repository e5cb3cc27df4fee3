"""Collect the drop folder: record and copy every complete file, then move the original away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from pipeline.errors import MachineUnusable
from pipeline.intake import inbox_folder
from pipeline.intake.csv_bytes import FileLimits, OpenedFile, open_file
from pipeline.intake.inbox_folder import FoundFile, Shelf
from pipeline.model.batch import BatchState
from pipeline.model.file_faults import duplicate_refusal, read_name, size_refusal, unit_refusal
from pipeline.model.message import MessageKind
from pipeline.model.outcome import TAIPEI, clock
from pipeline.settings import Settings
from pipeline.store import batches, outbox, register, results
from pipeline.store.batches import FileIdentity, NewBatch
from pipeline.store.engine import Database
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


@dataclass(slots=True)
class _HandIn:
    """A file on its way in: what it is, and the refusal if there is one."""

    found: FoundFile
    content: bytes | None
    identity: FileIdentity
    unit_code: str = ""
    file_date: date | None = None
    opened: OpenedFile | None = None
    refusal: FileRefused | None = None
    batch_id: int = 0
    hand_in_id: int = 0
    is_known: bool = False


def collect_files(
    database: Database,
    settings: Settings,
    *,
    now: Callable[[], datetime],
    run_id: int | None = None,
    moves: bool = True,
    progress: Callable[[int], None] = lambda _files: None,
) -> Collected:
    """Record every settled file of the drop folder as a batch, then move it to `processed/` or `refused/`.

    Safe to run twice and in two processes: a file recorded but not yet moved is only moved. With
    `moves=False` (a rehearsal) nothing is moved.

    Raises:
        MachineUnusable: no register was ever loaded (every unit would look unknown), or folder or database
            cannot be used; what is recorded stays recorded.
    """
    with database.reading() as connection:
        if register.latest_load(connection) is None:
            raise MachineUnusable("no register is loaded yet: run `nhicard load-register DIR` first")
    total = Collected()
    files = inbox_folder.settled_files(settings.inbox, settle_seconds=settings.settle_seconds)
    for some in _groups(files):
        with database.transaction(alone="collect files") as connection:
            hand_ins = list(_read(some, settings))
            at = now()
            _judge(connection, hand_ins, settings, at)
            _record(connection, hand_ins, settings, at, run_id)
        if moves:
            with database.transaction(alone="collect files") as connection:
                batches.mark_moved(connection, _move(hand_ins, at), at=now())
        total += _count(hand_ins)
        progress(len(some))
    return total


def _groups(files: Sequence[FoundFile]) -> Iterator[list[FoundFile]]:
    group: list[FoundFile] = []
    size = 0
    for found in files:
        if group and (len(group) == FILES_PER_COMMIT or size + found.size > BYTES_PER_COMMIT):
            yield group
            group, size = [], 0
        group.append(found)
        size += found.size
    if group:
        yield group


def _read(files: Sequence[FoundFile], settings: Settings) -> Iterator[_HandIn]:
    for found in files:
        seen = inbox_folder.read(found, max_bytes=settings.file_max_bytes)
        if seen is not None:  # else another process has just moved it, or somebody writes to it again
            content, sha256 = seen
            path = file_name.printable(str(found.path))
            yield _HandIn(found, content, FileIdentity(path, found.size, found.mtime_ns, sha256))


def _judge(connection: Connection, hand_ins: list[_HandIn], settings: Settings, at: datetime) -> None:
    """Find the file faults of rules 1, the first that applies."""
    received_on = at.astimezone(TAIPEI).date()
    known = batches.hand_ins_not_moved(connection)
    for seen in hand_ins:
        if seen.identity in known:
            earlier = known[seen.identity]
            seen.is_known = True
            seen.hand_in_id, seen.batch_id = earlier.hand_in_id, earlier.batch_id
            if earlier.state == BatchState.REFUSED:
                seen.refusal = FileRefused(earlier.reason, earlier.detail)
        else:
            named = read_name(seen.found.path.name, received_on=received_on)
            seen.unit_code, seen.file_date, seen.refusal = named.unit_code, named.file_date, named.refusal
    fresh = [seen for seen in hand_ins if not seen.is_known]
    _judge_units(connection, fresh, received_on)
    _judge_contents(fresh, settings)
    _judge_duplicates(connection, fresh)


def _judge_units(connection: Connection, hand_ins: list[_HandIn], received_on: date) -> None:
    closed_on = batches.units_closed_on(connection, [seen.unit_code for seen in hand_ins])
    for seen in hand_ins:
        seen.refusal = seen.refusal or unit_refusal(seen.unit_code, closed_on, received_on=received_on)
        if seen.unit_code not in closed_on:
            seen.unit_code = ""  # nobody to answer


def _judge_contents(hand_ins: list[_HandIn], settings: Settings) -> None:
    limits = FileLimits(max_bytes=settings.file_max_bytes, max_rows=settings.file_max_rows)
    for seen in hand_ins:
        if seen.refusal is None:
            seen.refusal = size_refusal(seen.found.size, max_bytes=limits.max_bytes)
        if seen.refusal is None and seen.content is not None:
            try:
                seen.opened = open_file(seen.content, limits=limits)
            except FileRefused as refusal:
                seen.refusal = refusal


def _judge_duplicates(connection: Connection, hand_ins: list[_HandIn]) -> None:
    """The same unit, name and bytes as a batch that was not refused, whatever became of it."""
    received = batches.received_before(connection, [seen.identity.sha256 for seen in hand_ins])
    for seen in hand_ins:
        same = received.get((seen.unit_code, seen.found.path.name, seen.identity.sha256))
        seen.refusal = seen.refusal or duplicate_refusal(same)


def _record(
    connection: Connection, hand_ins: list[_HandIn], settings: Settings, at: datetime, run_id: int | None
) -> None:
    """Record what is new, and owe each refused file's unit an answer (a duplicate's at most once a day)."""
    received_on = at.astimezone(TAIPEI).date()
    answered = {
        (old.unit_code, old.name, old.sha256)
        for old in batches.earlier_batches(connection, [seen.identity.sha256 for seen in hand_ins])
        if old.reason == "FILE_DUPLICATE" and old.received_on == received_on
    }
    fresh = [seen for seen in hand_ins if not seen.is_known]
    for seen in fresh:
        new = _new_batch(seen, at, received_on, run_id)
        seen.batch_id, seen.hand_in_id = batches.record_batch(
            connection, new, identity=seen.identity, content=None if seen.refusal else seen.content
        )
    told = [
        seen
        for seen in fresh
        if seen.refusal is not None
        and seen.unit_code
        and (seen.unit_code, seen.found.path.name, seen.identity.sha256) not in answered
    ]
    units = sorted({seen.unit_code for seen in told})
    addresses = results.answered_at(connection, units, on=received_on, staff=settings.staff_mail)
    mails = [(seen.batch_id, address) for seen in told for address in addresses[seen.unit_code]]
    outbox.queue(connection, MessageKind.REFUSAL, mails=mails, at=at)


def _new_batch(seen: _HandIn, at: datetime, received_on: date, run_id: int | None) -> NewBatch:
    opened = seen.opened
    return NewBatch(
        name=file_name.printable(seen.found.path.name),
        unit_code=seen.unit_code,
        file_date=seen.file_date,
        source="folder",
        sha256=seen.identity.sha256,
        received_at=at,
        received_on=received_on,
        encoding=opened.encoding if opened else "",
        ignored_columns=opened.ignored_columns if opened else (),
        row_count=opened.row_count if opened else 0,
        state=BatchState.REFUSED if seen.refusal else BatchState.WAITING,
        reason=seen.refusal.code if seen.refusal else "",
        detail=seen.refusal.detail if seen.refusal else "",
        run_id=run_id,
    )


def _move(hand_ins: list[_HandIn], at: datetime) -> list[int]:
    """Shelve the originals; return the hand-ins that are through."""
    moved = []
    for seen in hand_ins:
        refusal = seen.refusal
        note = f"{clock(at)} {refusal.message}\n{refusal.hint}\n" if refusal else ""
        shelf: Shelf = "refused" if refusal else "processed"
        if inbox_folder.shelve(seen.found, shelf, batch_id=seen.batch_id, note=note):
            moved.append(seen.hand_in_id)
    return moved


def _count(hand_ins: list[_HandIn]) -> Collected:
    fresh = [seen for seen in hand_ins if not seen.is_known]
    refused = sum(seen.refusal is not None for seen in fresh)
    return Collected(files=len(fresh), accepted=len(fresh) - refused, refused=refused)
