"""One door to the business database: writing transactions, reading connections, and what a fault becomes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from threading import Lock
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from pipeline.errors import MachineUnusable, ValueRefused

__all__ = ["Connection", "Database", "Work", "faults_without_values"]

BUSY_TIMEOUT_MS: Final = 60_000  # a night's longest writing transaction on SQLite stays well below


class Work(StrEnum):
    """Work that no two processes may do at once; the value names the lock on PostgreSQL."""

    COLLECT = "collect files"  # a file or mail is recorded once, a digest is queued once a day
    PLAN = "plan chunks"  # a waiting batch goes into one chunk
    REGISTER = "register"  # the register is replaced while no chunk is settled by the old one
    ANSWER = "queue answers"  # an answer goes into one letter
    STATION_KEYS = "station keys"  # a name is given to one station


class Database:
    """The business database. Its exceptions never hold a value of a row."""

    def __init__(self, url: str | Engine, *, writing: Lock | None = None) -> None:
        """Open the database of a URL; `writing` is the lock that writers of one engine share.

        Raises:
            MachineUnusable: the URL is of no kind that we know.
        """
        self.engine: Final = _engine(url) if isinstance(url, str) else url
        self._writing: Final = writing or Lock()

    @property
    def address(self) -> str:
        """Where it is, for people: without password and options."""
        return self.engine.url.set(query={}).render_as_string(hide_password=True)

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """Which of the two dialects speaks here."""
        return "sqlite" if self.engine.dialect.name == "sqlite" else "postgresql"

    @contextmanager
    def transaction(self, *, alone: Work | None = None, beside: Work | None = None) -> Iterator[Connection]:
        """A writing transaction: committed at the end, rolled back by an exception.

        `alone`: a second process that does this work waits for the commit of the first. `beside`: many may
        do this work at once, but none while another does it alone. (On SQLite every writing transaction is
        alone.)

        Raises:
            MachineUnusable: the database is away, locked or broken; nothing was written.
        """
        with self._connection() as connection, self._one_writer():
            connection.execution_options(writes=True)
            with connection.begin():
                if alone and self.dialect == "postgresql":
                    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(alone))))
                if beside and self.dialect == "postgresql":
                    connection.execute(select(func.pg_advisory_xact_lock_shared(func.hashtext(beside))))
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads; on SQLite it never waits for a writer.

        Raises:
            MachineUnusable: the database is away or broken.
        """
        with self._connection() as connection:
            yield connection

    @contextmanager
    def session(self) -> Iterator[Database]:
        """This database over one connection: temporary tables outlive their transaction."""
        with self._connection() as connection:
            yield _Session(self, connection)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with faults_without_values(self.engine), self.engine.connect() as connection:
            yield connection

    def _one_writer(self) -> AbstractContextManager[object]:
        """On SQLite threads wait for each other here, where waiting costs nothing."""
        return self._writing if self.dialect == "sqlite" else nullcontext()

    @contextmanager
    def rehearsal(self) -> Iterator[Database]:
        """A database on which everything can be tried: what is written there is gone at the end.

        Every transaction inside is a savepoint of one outer transaction, which is rolled back.
        """
        with faults_without_values(self.engine), self.engine.connect() as connection:
            connection.execution_options(writes=True)
            outer = connection.begin()
            try:
                yield _Rehearsal(self, connection)
            finally:
                outer.rollback()


class _Session(Database):
    """The database over one connection."""

    def __init__(self, database: Database, connection: Connection) -> None:
        super().__init__(database.engine, writing=database._writing)
        self._one: Final = connection

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with faults_without_values(self.engine):
            yield self._one

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._connection() as connection:
            connection.execution_options(writes=False)
            with connection.begin():  # committed, for a rollback takes temporary tables away
                yield connection


class _Rehearsal(_Session):
    """The database inside one transaction that will be rolled back; a transaction is a savepoint."""

    @contextmanager
    def transaction(self, *, alone: Work | None = None, beside: Work | None = None) -> Iterator[Connection]:
        with self._one.begin_nested():
            yield self._one

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        yield self._one

    @contextmanager
    def session(self) -> Iterator[Database]:
        yield self


@contextmanager
def faults_without_values(engine: Engine) -> Iterator[None]:
    """Turn a driver's exception into `MachineUnusable`, without the values its text may quote."""
    driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error  # bulk.py speaks to the driver itself
    try:
        yield
    except (DBAPIError, driver_error) as error:
        reason = _reason(getattr(error, "orig", error))
        kind = ValueRefused if isinstance(error, DataError | IntegrityError) else MachineUnusable
        raise kind(f"database: {reason}") from None


def _reason(fault: BaseException) -> str:
    """An operational fault in its own words (they speak of servers and files), any other by its name only."""
    lines = str(fault).strip().splitlines()
    if type(fault).__name__ == "OperationalError" and lines:
        return lines[0]
    code = getattr(fault, "sqlstate", None) or getattr(fault, "sqlite_errorname", "")
    return f"{type(fault).__name__} {code}".rstrip()


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        # hide_parameters: no row's value in an exception or a log.
        engine = create_engine(
            parsed, hide_parameters=True, pool_pre_ping=parsed.get_backend_name() != "sqlite"
        )
    except (SQLAlchemyError, NoSuchModuleError, ImportError):
        raise MachineUnusable("NHICARD_DATABASE_URL is not a URL of SQLite or PostgreSQL") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name != "postgresql":
        raise MachineUnusable("NHICARD_DATABASE_URL is not a URL of SQLite or PostgreSQL")
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",  # readers do not wait for the writer
        "synchronous = NORMAL",  # safe with WAL: a power cut may lose the last commit, never the file
        "foreign_keys = ON",
        "cache_size = -32768",  # 32 MiB
        "temp_store = FILE",  # a register being loaded is larger than memory
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A reading transaction that turns into a writing one fails at once whatever the timeout: say it first.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
