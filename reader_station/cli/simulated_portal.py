"""What a simulated station needs: a portal in this process over made-up people, and a mail catcher."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.clock import day_of
from pipeline.errors import MachineUnusable
from reader_station.card.card_holder import CardHolder
from reader_station.card.made_up_holder import made_up_holder
from reader_station.station.portal_client import PortalClient

if TYPE_CHECKING:
    from fastapi import FastAPI

    from pipeline.settings import Settings
    from pipeline.store.engine import Database

PORTAL_PORT: Final = 8400
SAMPLE_PEOPLE: Final = 4
STOPPING_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPortal:
    """The portal, the cards of its people, a line about what each must type, and the folder of their mail."""

    client: PortalClient
    holders: Sequence[CardHolder]
    notes: Sequence[str]
    mail: Path


@contextmanager
def simulated_portal(folder: Path) -> Iterator[SimulatedPortal]:
    """A portal that keeps everything in `folder`; the links of its mails open on this machine.

    Raises:
        MachineUnusable: the database of the folder cannot be used.
    """
    import httpx

    from mailers.catcher import MailCatcher
    from pipeline.settings import Settings
    from pipeline.store.engine import Database
    from pipeline.store.migrate import migrate
    from reader_station.portal.portal_app import create_portal

    port = _free_port(PORTAL_PORT)
    address = f"http://127.0.0.1:{port}"
    with MailCatcher(folder / "mail") as catcher:
        host, smtp_port = catcher.address
        settings = Settings(  # type: ignore[call-arg]
            var_dir=folder,
            database_url=f"sqlite:///{folder / 'nhicard.db'}",
            register_dir=folder / "register",
            smtp_host=host,
            smtp_port=smtp_port,
            smtp_tls="none",
            portal_url=address,
        )
        database = Database(settings.database)
        migrate(database)
        _load_register(settings, database)
        app = create_portal(settings, database)
        client = PortalClient(address, transport=httpx.ASGITransport(app=app))
        with _serving(app, port):
            yield SimulatedPortal(
                client=client,
                holders=sample_holders(),
                notes=[_what_to_type(person) for person in _sample_people()],
                mail=folder / "mail",
            )


def sample_holders() -> list[CardHolder]:
    """The holders of the tray's cards."""
    return [_holder_of(person) for person in _sample_people()]


def _sample_people() -> list[Mapping[str, Any]]:
    from pipeline.sample import seed_example

    return [*seed_example.beneficiaries()[:SAMPLE_PEOPLE], seed_example.foreigner()]


def _load_register(settings: Settings, database: Database) -> None:
    """Load the demo's register, which holds these people."""
    from pipeline.insured.load_register import load_register
    from pipeline.sample.demo_set import make_demo_set

    now = datetime.now(UTC)
    today = day_of(now)
    make_demo_set(settings.var_dir, today=today, file_date=today)
    load_register(database, settings.register, now=now, today=today)


def _holder_of(person: Mapping[str, Any]) -> CardHolder:
    return made_up_holder(
        card_number=person["card_number"],
        name=person["name"],
        national_id=person["national_id"],
        birth_date=person["birth_date"],
        sex="M" if person["national_id"][1] in "18" else "F",
        issue_date=date(2014, 11, 26),
    )


def _what_to_type(person: Mapping[str, Any]) -> str:
    if person["arc_serial"]:
        dates = f"核發日期 {person['arc_issue_date']}  居留期限 {person['arc_expiry_date']}"
        return f"{person['name']}  {dates}  背面流水號 {person['arc_serial']}"
    places = "".join(person[level] for level in ("county", "town", "village"))
    return f"{person['name']}  戶號 {person['household_number']}  {places} {person['neighbourhood']}鄰"


def _free_port(preferred: int) -> int:
    """The preferred port, or another one when it is in use.

    Raises:
        MachineUnusable: no port is free.
    """
    for port in (preferred, 0):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)) as listening:
            return int(listening.getsockname()[1])
    raise MachineUnusable("no port is free on 127.0.0.1")


@contextmanager
def _serving(app: FastAPI, port: int) -> Iterator[None]:
    import uvicorn

    config = uvicorn.Config(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="portal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(STOPPING_SECONDS)
