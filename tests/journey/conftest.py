"""An office on each of the two databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.store.engine import Database
from tests.imap_server import ImapServer
from tests.journey.mailroom import Mailroom
from tests.journey.office import Office


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """Two units, a fresh register, an empty drop folder; once on each kind of database."""
    return Office.opened(database, tmp_path)


@pytest.fixture
def mailroom(office: Office, imap_server: ImapServer) -> Mailroom:
    """The office with a mailbox of its own on a real server."""
    return Mailroom(office, imap_server)
