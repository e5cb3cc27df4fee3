"""The business database: there, migrated, with a fresh register, and with nothing stuck in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline.bulk.queries import batches
from pipeline.bulk.rules.batch_states import BatchState
from pipeline.clock import TAIPEI
from pipeline.doctor.folders import make_folder, write_fault
from pipeline.doctor.queries import vital_signs
from pipeline.errors import MachineUnusable
from pipeline.finding import Finding, judged
from pipeline.insured.queries import register
from pipeline.outbox.queries import messages as outbox
from pipeline.outbox.rules import MessageState
from pipeline.settings import Settings
from pipeline.store.engine import Connection, Database
from pipeline.store.migrate import require_migrated

A_NIGHT_AND_SOME: Final = timedelta(hours=26)  # a daily run, and two hours for it
CLOCK_TOLERANCE: Final = timedelta(minutes=5)  # between the clocks of several machines

ITEM: Final = "業務資料庫 Business database"


def business_database(settings: Settings) -> Iterator[Finding]:
    """Every row about the database; one that is away or not migrated ends them."""
    path = _sqlite_path(settings)
    if path:
        yield _sqlite_folder(path)
        if not path.exists():
            yield _unready(f"no file {path} yet")
            return
    try:
        with vital_signs.opened_briefly(settings.database) as database:
            with database.reading() as connection:
                yield _reachable(connection, database.address)
                if path:
                    yield _journal(connection)
            require_migrated(database)
            yield from _contents(database, settings, datetime.now(UTC))
    except MachineUnusable as error:
        yield _unready(str(error))


def _unready(current: str) -> Finding:
    return Finding(
        item=ITEM,
        recommended="reachable and migrated",
        current=current,
        is_fine=False,
        how_to_fix="nhicard init-db (another database: NHICARD_DATABASE_URL, or NHICARD_VAR_DIR for SQLite)",
    )


def _reachable(connection: Connection, address: str) -> Finding:
    return Finding(
        item=ITEM,
        recommended="SQLite on one machine, PostgreSQL in production",
        current=f"{vital_signs.kind(connection)}, {address}",
        is_fine=True,
    )


def _sqlite_path(settings: Settings) -> Path | None:
    _, is_sqlite, path = settings.database.partition("sqlite:///")
    return Path(path) if is_sqlite and path else None


def _sqlite_folder(path: Path) -> Finding:
    fault = write_fault(path.parent)
    return judged(
        "資料庫資料夾 Database folder",
        recommended="can be written (SQLite keeps its write-ahead log beside the file)",
        current=f"{path.parent}: {fault}" if fault else str(path.parent),
        is_fine=not fault,
        how_to_fix=make_folder(path.parent),
    )


def _journal(connection: Connection) -> Finding:
    mode = vital_signs.journal_mode(connection)
    return judged(
        "SQLite 日誌模式 SQLite journal",
        recommended="wal: readers do not wait for the writer",
        current=mode,
        is_fine=mode == "wal",
        how_to_fix="put the file on a local disk (network folders cannot do it), or use PostgreSQL",
    )


def _contents(database: Database, settings: Settings, now: datetime) -> Iterator[Finding]:
    with database.reading() as connection:
        yield _clock(connection, now)
        yield _register(connection, settings, now)
        yield _held(connection)
        yield _waiting(connection, now)
        yield _outbox(connection)


def _clock(connection: Connection, now: datetime) -> Finding:
    newest = vital_signs.newest_moment(connection)
    is_behind = newest is not None and newest - now > CLOCK_TOLERANCE
    current = _taipei(now)
    return judged(
        "系統時鐘 System clock",
        recommended="right: deadlines are counted in days of Asia/Taipei",
        current=f"{current}, but the database knows {_taipei(newest)}" if newest and is_behind else current,
        is_fine=not is_behind,
        how_to_fix="timedatectl set-ntp true (or set the clock), then look again",
    )


def _register(connection: Connection, settings: Settings, now: datetime) -> Finding:
    loaded_at = register.latest_load(connection)
    limit = timedelta(days=settings.register_max_age_days)
    return judged(
        "投保名冊 Insured register",
        recommended=f"loaded at most {settings.register_max_age_days} days ago: an older one holds the night",
        current=f"loaded {_taipei(loaded_at)}" if loaded_at else "never loaded",
        is_fine=loaded_at is not None and now - loaded_at <= limit,
        how_to_fix="nhicard load-register DIR with the newest files",
    )


def _held(connection: Connection) -> Finding:
    held = batches.count_by_state(connection).get(BatchState.HELD, 0)
    return judged(
        "待審檔案 Held files",
        recommended="none: each waits for a decision",
        current=f"{held} held",
        is_fine=not held,
        how_to_fix="nhicard batch list --state held, then nhicard batch release N or refuse N",
    )


def _waiting(connection: Connection, now: datetime) -> Finding:
    oldest = vital_signs.oldest_unanswered(connection)
    return judged(
        "等待中的檔案 Waiting files",
        recommended="none from before the last night",
        current=f"since {_taipei(oldest)}" if oldest else "none",
        is_fine=oldest is None or now - oldest <= A_NIGHT_AND_SOME,
        how_to_fix="nhicard run-batch, and see why the last nights did not work (Airflow: the DAG's runs)",
    )


def _outbox(connection: Connection) -> Finding:
    given_up = (MessageState.FAILED, MessageState.UNKNOWN)
    failed = sum(row.messages for row in outbox.count_by_kind_and_state(connection) if row.state in given_up)
    is_paused = outbox.is_paused(connection)
    told = (["paused"] if is_paused else []) + ([f"{failed} mails given up"] if failed else [])
    return judged(
        "寄信 Mail delivery",
        recommended="not paused, nothing given up",
        current=", ".join(told) or "goes on",
        is_fine=not told,
        how_to_fix="nhicard mail resume" if is_paused else "nhicard mail status, then nhicard mail retry",
    )


def _taipei(moment: datetime) -> str:
    return moment.astimezone(TAIPEI).strftime("%Y-%m-%d %H:%M (Asia/Taipei)")
