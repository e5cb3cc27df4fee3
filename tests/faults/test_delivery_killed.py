"""Facts about deliverers killed with -9 in the middle: every mail arrives, few of them twice."""

from __future__ import annotations

import signal
import time
from collections import Counter, defaultdict
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

from sqlalchemy import insert

from pipeline.store.tables import batch, outbox_message
from pipeline.tasks.mail_delivery import deliver_mail
from tests.faults.processes import PATIENCE, finish, start
from tests.journey.office import NAME, TODAY, UNIT, Office

MAILS, KILLS = 400, 3


def owe_mails(office: Office) -> None:
    office.insert(
        batch, name=NAME, unit_code=UNIT, source="folder", sha256="0" * 64, received_at=office.now,
        received_on=TODAY, ignored_columns=[], state="done",
    )  # fmt: skip
    common = {"kind": "success", "priority": 30, "about_id": 1, "state": "queued"}
    common |= {"created_at": office.now, "not_before": office.now}
    rows = [common | {"about_part": row, "recipient": f"person.{row}@example.com"} for row in range(MAILS)]
    with office.database.transaction() as connection:
        connection.execute(insert(outbox_message), rows)


def deliver(office: Office) -> None:
    deliver_mail(office.database, office.settings, now=office.clock)


def deliver_until_killed(office: Office, mails: Path, enough: int) -> None:
    """One deliverer, killed from outside once so many mails have arrived in all."""
    deliverer = start(deliver, office)
    ends = time.monotonic() + PATIENCE
    while len(list(mails.glob("*.eml"))) < enough and time.monotonic() < ends:
        time.sleep(0.005)
    deliverer.kill()
    assert finish(deliverer) == [-signal.SIGKILL], "it was killed, not through"
    time.sleep(0.2)  # what the server was about to keep


def test_three_kills_lose_no_mail_and_double_at_most_one_a_connection_each(office: Office) -> None:
    owe_mails(office)
    doubled: list[int] = []
    with office.post() as mails:
        for kill in range(1, KILLS + 1):
            deliver_until_killed(office, mails, MAILS * kill // (KILLS + 1))
            noted = sum(row.state == "sent" for row in office.all(outbox_message, "state"))
            doubled.append(len(list(mails.glob("*.eml"))) - noted - sum(doubled))
            office.now += timedelta(minutes=20)  # past the lease of what the dead one had claimed
        deliver(office)
        received = [message_from_bytes(path.read_bytes()) for path in mails.glob("*.eml")]
    assert {row.state for row in office.all(outbox_message)} == {"sent"}
    copies = Counter(mail["To"] for mail in received)
    assert len(copies) == MAILS
    assert len(received) - MAILS == sum(doubled)
    assert max(doubled) <= office.settings.smtp_connections
    names = defaultdict(set)
    for mail in received:
        names[mail["To"]].add(mail["Message-ID"])
    assert {len(ids) for ids in names.values()} == {1}, "a copy is known by its Message-ID"
