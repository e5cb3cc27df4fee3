"""The checks of the nightly job, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from importlib.util import find_spec

from pipeline.doctor import airflow, folders, installation, machine
from pipeline.errors import MachineUnusable
from pipeline.finding import Check, Finding
from pipeline.settings import Settings, load_settings


def checks() -> Iterator[Check]:
    """Every check; without settings that fit, only those that need none (their row says what to correct).

    On a machine without the job's packages, a station's, only what concerns every machine.
    """
    yield machine.python_version
    yield machine.settings_fit
    yield machine.settings_file_is_private
    if not _has_packages():
        return
    try:
        settings = load_settings()
    except MachineUnusable:
        return
    yield partial(folders.folders, settings)
    yield partial(_database, settings)
    yield partial(installation.choices, settings)
    yield partial(_mail_server, settings)
    yield partial(_mailbox, settings)
    yield partial(airflow.airflow, settings)


def _has_packages() -> bool:
    return find_spec("sqlalchemy") is not None  # what every part of the job needs


# These need packages that a station has no use for: imported when their turn comes.


def _database(settings: Settings) -> Iterable[Finding]:
    from pipeline.doctor.database import business_database

    return business_database(settings)


def _mail_server(settings: Settings) -> Iterable[Finding]:
    from pipeline.doctor.mail_server import mail_server_answers

    return mail_server_answers(settings)


def _mailbox(settings: Settings) -> Iterable[Finding]:
    from pipeline.doctor.mailbox import mailbox_answers

    return mailbox_answers(settings)
