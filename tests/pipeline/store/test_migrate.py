"""Facts about the migrations: they lead to exactly the tables that the code speaks of."""

from __future__ import annotations

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from pipeline.errors import MachineUnusable
from pipeline.settings import ROOT
from pipeline.store.engine import Database
from pipeline.store.migrate import MIGRATIONS, migrate, require_migrated
from pipeline.store.tables import metadata

# SQLite's reflection cannot read an index on lower(email) and says so; on PostgreSQL it is compared.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index"),
]


def shape(connection: Connection) -> list[object]:
    """Every table's columns, indexes and unique keys, as the database itself tells them."""
    inspector = inspect(connection)
    return [
        (
            table,
            [
                (column["name"], str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            ],
            inspector.get_pk_constraint(table)["constrained_columns"],
            sorted(str(index["name"]) for index in inspector.get_indexes(table)),
            sorted(str(key["column_names"]) for key in inspector.get_unique_constraints(table)),
        )
        for table in sorted(inspector.get_table_names())
        if table != "alembic_version"
    ]


def test_the_migrations_lead_to_the_tables(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_made_at_once_and_migrated_are_the_same(database: Database) -> None:
    with database.transaction() as connection:
        migrated = shape(connection)
        for table in reversed(metadata.sorted_tables):
            table.drop(connection)
        metadata.create_all(connection)
        assert shape(connection) == migrated


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.reading() as connection:
        before = shape(connection)
    for _ in range(2):
        migrate(database)
    require_migrated(database)
    with database.reading() as connection:
        assert shape(connection) == before


def test_an_older_database_is_told_how_to_become_ready(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(MachineUnusable, match="nhicard init-db"):
        require_migrated(database)


def test_migrations_go_forward_only_and_in_one_line() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    revisions = list(scripts.walk_revisions())
    assert len(scripts.get_heads()) == 1
    assert [revision.revision for revision in reversed(revisions)] == [
        f"{number:04}" for number in range(1, len(revisions) + 1)
    ]
    assert not any(hasattr(revision.module, "downgrade") for revision in revisions)


def test_no_migration_alters_in_place_what_sqlite_cannot() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "sql" / "migrations").rglob("*.py")]
    altered = [words for text in texts for words in re.findall(r"ALTER TABLE \w+ (\w+ \w+)", text)]
    assert set(altered) == {"ADD COLUMN", "RENAME COLUMN"}
