"""No personal value in any log record, exception or output, however badly a night goes."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from pipeline.bulk.chunks.work_chunk import work_chunk
from pipeline.bulk.purge_hand_ins import purge_hand_ins
from pipeline.errors import MachineUnusable
from pipeline.store.tables import outbox_message
from tests.journey.office import CONTACT, NAME, OTHER_CONTACT, OTHER_NAME, OTHER_UNIT, TODAY, Office
from tests.pipeline.outbox.moody_server import moody_server

OUTSIDER = "somebody.else@example.com"
SERVERS_OWN = "mail.log"  # the mail catcher's: a real server is another machine


class Heard(logging.Handler):
    """Everything that anybody logs, with the traceback, as a log file would hold it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the formatted record, and its arguments too."""
        if record.name != SERVERS_OWN:
            self.lines.append(f"{self.format(record)} {record.args}")


@pytest.fixture
def heard(capsys: pytest.CaptureFixture[str]) -> Iterator[Heard]:
    """Every logger at its most talkative, but for SQLAlchemy's DEBUG, which prints result rows."""
    handler = Heard()
    loggers = {logging.getLogger(name): logging.DEBUG for name in ("", "aiosmtplib", "psycopg", "pipeline")}
    # Airflow, in the same process, sets the second of them.
    loggers |= {logging.getLogger(name): logging.INFO for name in ("sqlalchemy", "sqlalchemy.engine")}
    before = {logger: logger.level for logger in loggers}
    for logger, level in loggers.items():
        logger.setLevel(level)
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    for logger, level in before.items():
        logger.setLevel(level)


def check_silence(office: Office, texts: list[str]) -> None:
    secrets = {value for person in office.people for value in person.personal_values}
    secrets |= {CONTACT, OTHER_CONTACT, OUTSIDER}
    told = {secret for secret in secrets for text in texts if secret in text}
    assert told == set()
    assert len(secrets) > 20


def hand_in_everything(office: Office) -> None:
    """Good and bad rows, a person twice, a file held, files refused."""
    both = office.person(former=True)
    office.cover(both.national_id, at=OTHER_UNIT)
    stranger = office.stranger()
    office.file(
        NAME, both, both, stranger, office.person(state="BLOCKED"), office.person(card_valid=False),
        stranger.row(national_id=stranger.national_id[:9]),
        f"{stranger.phone},{stranger.national_id},{OUTSIDER}",
    )  # fmt: skip
    office.file(OTHER_NAME, both, *(office.stranger() for _ in range(20)))
    office.file(f"{both.national_id}.CSV", both)
    office.file("11000000120261110.CSV", both.row() + "\x00")
    office.drop("11000000120261111.CSV", f"{both.row()}\n".encode() + b"\xff\xff" + both.row().encode())


def test_a_night_says_nothing_about_anybody(
    office: Office, heard: Heard, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in_everything(office)
    # A person's own ID as a file's name is theirs to choose; it is stored, but not logged.
    first = office.people[0]
    replies = {
        first.email: [f"451 4.7.1 <{first.email}> try later, {first.email.split('@')[0]}"],
        CONTACT: [f"550 5.1.1 {CONTACT} unknown"],
    }
    with moody_server(office, replies) as moods:
        night = office.night(delivers=True)
        assert len(moods.tries) > 2
    purge_hand_ins(office.database, office.settings, today=TODAY)
    out, err = capsys.readouterr()
    said = {**night.summary, "batches": []}  # names of files are told to operators
    check_silence(office, [*heard.lines, out, err, str(said)])
    assert any("sqlalchemy.engine" in line for line in heard.lines), "it was listened at all"
    replies_kept = [str(row.reply_text) for row in office.all(outbox_message)]
    check_silence(office, replies_kept)


def test_a_database_fault_quotes_no_value(office: Office, heard: Heard) -> None:
    person = office.person()
    office.file(NAME, person)
    # The success mail that the night is going to queue is there already: a unique key is violated.
    office.insert(
        outbox_message, kind="success", priority=30, about_id=1, about_part=1, recipient=person.email,
        state="sent", created_at=office.now, not_before=office.now,
    )  # fmt: skip
    fault = office.night().fault
    assert "Integrity" in fault or "UniqueViolation" in fault
    with pytest.raises(MachineUnusable) as caught:  # as a task of Airflow meets it
        work_chunk(office.database, office.settings, 1, now=office.clock)
    told = [fault, "".join(traceback.format_exception(caught.value)), repr(caught.value), str(caught.value)]
    logging.getLogger("test").error("the night failed", exc_info=caught.value)
    office.people += [office.stranger() for _ in range(5)]
    check_silence(office, [*told, *heard.lines])
    assert office.registered() == []


def test_a_fault_in_the_middle_of_the_rows_quotes_no_value(office: Office, heard: Heard) -> None:
    hand_in_everything(office)

    def break_it(_connection: object, cursor: object, statement: str, *_: object) -> None:
        if "INSERT INTO registration" in statement:
            raise office.database.engine.dialect.loaded_dbapi.DataError(
                f"bad value: {office.people[0].row()}"
            )

    event.listen(office.database.engine, "before_cursor_execute", break_it)
    fault = office.night().fault
    with pytest.raises(MachineUnusable, match="database: DataError") as caught:
        work_chunk(office.database, office.settings, 1, now=office.clock)
    check_silence(office, [fault, "".join(traceback.format_exception(caught.value)), *heard.lines])
