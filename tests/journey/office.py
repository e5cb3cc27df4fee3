"""A small office for a test: made-up people, a drop folder, a clock that stands still, and nights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select

from mailers.catcher import MailCatcher
from pipeline.clock import TAIPEI
from pipeline.settings import Settings
from pipeline.store.engine import Database
from pipeline.store.tables import (
    batch,
    beneficiary,
    contact,
    coverage,
    letter_part,
    metadata,
    outbox_message,
    register_load,
    registration,
    result_log,
    standing_declaration,
    unit,
)
from pipeline.tasks.night import NightReport, run_night
from tests.validators.made_up import person_id

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # 02:00 in Taipei, where it is the 21st
TODAY = date(2026, 11, 21)
UNIT, OTHER_UNIT = "110000001", "210000002"
NAME, OTHER_NAME = f"{UNIT}20261121.CSV", f"{OTHER_UNIT}20261121.CSV"
CONTACT, OTHER_CONTACT = "hr@unit1.example.com", "hr@unit2.example.com"
STAFF = "operators@nhi.example.com"
HEADER = "身分證號,電子郵件,手機(或聯絡電話)"
LONG_AGO = date(2010, 1, 1)
MASK_LENGTH = 10


@dataclass(frozen=True)
class Person:
    """A made-up person and the cells that a file holds about it."""

    national_id: str
    email: str
    phone: str
    card_number: str
    former_id: str | None = None

    def row(self, **cells: str) -> str:
        """The person's line in a file; a cell typed otherwise is given by its name."""
        typed = {"national_id": self.national_id, "email": self.email, "phone": self.phone} | cells
        return ",".join(typed.values())

    @property
    def personal_values(self) -> tuple[str, ...]:
        """What no log and no exception may ever hold."""
        return tuple(
            filter(None, (self.national_id, self.former_id, self.email, self.phone, self.card_number))
        )


def read_mails(folder: Path) -> list[Any]:
    """What the mail catcher kept, in the order it came in."""
    return [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]


class Office:
    """Two units with a contact each, a fresh register, and whatever a test adds."""

    def __init__(self, database: Database, folder: Path, *, now: datetime = NOW, **settings: Any) -> None:
        self.database = database
        self.folder = folder
        self.now = now
        self.people: list[Person] = []
        self._numbers = count(1)
        chosen: dict[str, Any] = {
            "var_dir": folder,
            "database_url": database.engine.url.render_as_string(hide_password=False),
            "inbox_dir": folder / "inbox",
            "settle_seconds": 0,
            "smtp_tls": "none",
            "staff_mail": STAFF,
            "secret_key": "s" * 64,
        }
        self.settings = Settings(**(chosen | settings))
        self.inbox = self.settings.inbox
        self.inbox.mkdir(exist_ok=True)

    @classmethod
    def opened(cls, database: Database, folder: Path, *, now: datetime = NOW, **settings: Any) -> Office:
        """A new office with its two units and a register loaded a moment ago."""
        office = cls(database, folder, now=now, **settings)
        office.unit(UNIT, CONTACT)
        office.unit(OTHER_UNIT, OTHER_CONTACT)
        office.load_register()
        return office

    def clock(self) -> datetime:
        """The time that the night sees."""
        return self.now

    # --- the register ---

    def load_register(self, at: datetime | None = None) -> None:
        """Note that the register was loaded then."""
        self.insert(register_load, loaded_at=at or self.now, counts={})

    def unit(self, code: str, *emails: str, closed_on: date | None = None) -> None:
        """A unit and its contacts."""
        self.insert(unit, unit_code=code, unit_name=f"範例單位{code[0]}", closed_on=closed_on)
        for email in emails:
            self.contact(code, email)

    def contact(self, code: str, email: str, **facts: Any) -> None:
        """One more contact of a unit, known for long when nothing else is said."""
        self.insert(contact, unit_code=code, email=email, **({"first_seen_on": LONG_AGO} | facts))

    def declare(self, code: str) -> None:
        """The unit declared once for all that its people consent."""
        self.insert(standing_declaration, unit_code=code, declared_on=LONG_AGO)

    def stranger(self, *, second: str = "1") -> Person:
        """A person whom the register does not know."""
        number = next(self._numbers)
        person = Person(
            national_id=person_id("A", second, 1_000_000 + number * 7),
            email=f"person.{number}@example.com",
            phone=f"0912{number * 37:06}",
            card_number=f"0000{70_000_000 + number * 13}",
        )
        self.people.append(person)
        return person

    def person(
        self,
        *,
        at: str | None = UNIT,
        start: date = LONG_AGO,
        end: date | None = None,
        card_valid: bool = True,
        has_number: bool = True,
        state: str | None = None,
        former: bool = False,
    ) -> Person:
        """A person of the register, covered by the unit `at` in [start, end); with a state, registered."""
        known = self.stranger(second="8" if former else "1")
        if former:
            old = person_id("A", "C", 2_000_000 + len(self.people) * 7)
            known = Person(**(vars(known) | {"former_id": old}))
            self.people[-1] = known
        self.insert(
            beneficiary,
            national_id=known.national_id,
            name="林怡安",
            card_number=known.card_number if has_number else "",
            card_valid=card_valid,
            former_id=known.former_id,
        )
        if at is not None:
            self.cover(known.national_id, at=at, start=start, end=end)
        if state is not None:
            self.register(known, state)
        return known

    def persons(self, number: int, **facts: Any) -> list[Person]:
        """So many people with the same facts."""
        return [self.person(**facts) for _ in range(number)]

    def cover(
        self,
        national_id: str,
        *,
        at: str = UNIT,
        start: date = LONG_AGO,
        end: date | None = None,
        relation: str = "insured",
    ) -> None:
        """One more period of coverage."""
        self.insert(
            coverage,
            unit_code=at,
            national_id=national_id,
            start_date=start,
            end_date=end,
            relation=relation,
        )

    def register(self, person: Person, state: str, national_id: str = "", **facts: Any) -> None:
        """The person was registered by another way, long ago."""
        self.insert(
            registration,
            national_id=national_id or person.national_id,
            state=state,
            credential_state="OWN",
            card_number=person.card_number,
            email="earlier@example.com",
            phone="0911111111",
            channel="individual",
            registered_on=LONG_AGO,
            **facts,
        )

    def insert(self, table: Table, **values: Any) -> None:
        """One row."""
        with self.database.transaction() as connection:
            connection.execute(insert(table).values(**values))

    # --- files and nights ---

    def file(self, name: str, *rows: str | Person, header: bool = True) -> Path:
        """A file in the drop folder, as Excel's "CSV UTF-8" writes it."""
        lines = [row.row() if isinstance(row, Person) else row for row in rows]
        return self.drop(name, "\r\n".join([*([HEADER] if header else []), *lines, ""]).encode("utf-8-sig"))

    def drop(self, name: str, content: bytes) -> Path:
        """Any bytes in the drop folder."""
        path = self.inbox / name
        path.write_bytes(content)
        return path

    def night(self, **options: Any) -> NightReport:
        """One night by the office's clock; mail stays in the outbox unless `delivers=True`."""
        return run_night(self.database, self.settings, now=self.clock, **({"delivers": False} | options))

    def summary(self, **options: Any) -> dict[str, Any]:
        """One night that goes well, in counts."""
        night = self.night(**options)
        assert night.fault is None, night.fault
        return night.summary

    @contextmanager
    def post(self) -> Iterator[Path]:
        """A mail catcher that the office delivers to; its folder."""
        with MailCatcher(self.folder / "mail") as catcher:
            host, port = catcher.address
            self.settings = self.settings.model_copy(update={"smtp_host": host, "smtp_port": port})
            yield self.folder / "mail"

    # --- what became of it ---

    def all(self, table: Table, *columns: str) -> list[Any]:
        """Every row of a table, in the key's order; only these columns when some are named."""
        wanted = [table.c[name] for name in columns] or list(table.columns)
        with self.database.reading() as connection:
            return list(connection.execute(select(*wanted).order_by(*table.primary_key)))

    def everything(self, *, but: tuple[Table, ...] = ()) -> dict[str, list[Any]]:
        """The whole database."""
        return {table.name: self.all(table) for table in metadata.sorted_tables if table not in but}

    def log(self, name: str = NAME) -> str:
        """The newest result log of a file."""
        query = (
            select(result_log.c.log)
            .join(batch, batch.c.batch_id == result_log.c.batch_id)
            .where(batch.c.name == name)
            .order_by(batch.c.batch_id.desc())
        )
        with self.database.reading() as connection:
            return str(connection.scalars(query).first())

    def answers(self, name: str = NAME) -> list[str]:
        """What the file's log says of each row, behind the masked ID."""
        return [line.partition(":")[2][MASK_LENGTH:] for line in self.row_lines(name)]

    def row_lines(self, name: str = NAME) -> list[str]:
        """The log's lines about rows, without their time."""
        return [line[len("HH:MM:SS ") :] for line in self.log(name).splitlines()[1:-1]]

    def states(self) -> list[tuple[str, str, str]]:
        """(name, state, reason) of every batch, the oldest first."""
        return [tuple(row) for row in self.all(batch, "name", "state", "reason")]

    def owed(self) -> list[tuple[str, str]]:
        """(kind, receiver) of every mail in the outbox, the oldest first."""
        return [tuple(row) for row in self.all(outbox_message, "kind", "recipient")]

    def letters(self, kind: str) -> list[Any]:
        """The outbox's messages of a kind, the oldest first."""
        return [row for row in self.all(outbox_message) if row.kind == kind]

    def told(self) -> list[tuple[str, str, str]]:
        """(kind, receiver, file) of every file that a letter is about, sorted."""
        query = select(letter_part.c.kind, letter_part.c.recipient, batch.c.name).join(
            batch, batch.c.batch_id == letter_part.c.batch_id
        )
        with self.database.reading() as connection:
            return sorted((row.kind, row.recipient, row.name) for row in connection.execute(query))

    def registered(self) -> list[str]:
        """The ID of everybody who is registered, sorted."""
        return sorted(row.national_id for row in self.all(registration, "national_id"))

    def shelf(self, name: str) -> list[str]:
        """The names of the files on a shelf of the drop folder, sorted; "" is the folder itself."""
        return sorted(path.name for path in (self.inbox / name).iterdir() if path.is_file())

    def taipei(self, pattern: str = "%H:%M:%S") -> str:
        """The office's clock on the wall."""
        return self.now.astimezone(TAIPEI).strftime(pattern)
