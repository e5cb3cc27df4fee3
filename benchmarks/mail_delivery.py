"""Mail out of the outbox: `python -m benchmarks.mail_delivery`.

(a) Success mails from outbox rows to smtp-sink over 4 connections, every mail built and every reply recorded,
against `smtp-source -d -s 4` sending as many octets; both in turns, the median of the rounds' ratios. Beside
it what building, sending and recording cost alone, and the plain way: EmailMessage and send_message.
(b) A confirmation queued while bulk mail is being delivered: seconds until the sink has it.
(c) Three kill -9 during a delivery: how many mails arrived, how many twice, whether with one Message-ID.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

from aiosmtplib import SMTP

from benchmarks import nights, sizes
from benchmarks import sample_outbox as outbox_of
from benchmarks.figures import Figure, report
from benchmarks.sizes import Size
from benchmarks.smtp_tools import HOST, remembering_sink, require_tools, smtp_sink, smtp_source
from mailers.delivery import deliver_in_groups
from mailers.message import Heading, compose
from mailers.server import MailServer, Outgoing
from pipeline.outbox.deliver_mail import CLAIM
from pipeline.outbox.queries import messages as outbox
from pipeline.outbox.rules import MessageState
from pipeline.outbox.writing import MailWriter
from pipeline.store.engine import Database
from pipeline.store.tables import outbox_message
from pipeline.tasks.mail_delivery import MAIL_KINDS

COMMAND: Final = "python -m benchmarks.mail_delivery"
MAILS: Final = {"smoke": 100, "default": 5_000, "full": 5_000}
BULK: Final = {"smoke": 2_000, "default": 100_000, "full": 100_000}
LEAST_SHARE: Final = 0.10  # of what smtp-source sends
MOST_CONFIRMATION_S: Final = 5
MOST_DOUBLED: Final = 4  # a kill: as many as there are connections
PLAIN = 500  # mails of the plain way: enough to see, soon over
KILLS = 3
LEASE_OVER = outbox.LEASE + timedelta(minutes=1)
_PROCESSES = multiprocessing.get_context("spawn")


def measure(size: Size) -> list[Figure]:
    """Throughput, the parts' cost, a confirmation among bulk mail, kills; on both kinds of database.

    Raises:
        SystemExit: Postfix's tools are not there.
    """
    require_tools()
    mails = MAILS[size.name]
    figures: list[Figure] = []
    for kind in nights.KINDS:
        with nights.installation(kind) as installation, smtp_sink() as port:
            url, database = installation.url, Database(installation.url)
            found = _throughput(database, url, port, size.rounds, mails) | _parts(database, url, port, mails)
            found["confirmation_s"] = _confirmation(database, url, port, BULK[size.name])
            found["killed"] = _killed(database, url, mails)
            database.engine.dispose()
        figures += _figures(found, nights.TITLES[kind], size)
    return figures


def _figures(found: dict[str, Any], kind: str, size: Size) -> list[Figure]:
    mails, killed = MAILS[size.name], found["killed"]
    parts = [
        Figure(f"one mail, {part}, {kind}", f"us {measure}", cost, command=COMMAND)
        for part, costs in found["us_per_mail"].items()
        for measure, cost in costs.items()
    ]
    return [
        Figure(
            f"{mails:,} success mails a second / smtp-source, {kind}",
            "x",
            found["ratio"],
            at_least=LEAST_SHARE,
            details=found,
            command=COMMAND,
        ),
        *parts,
        Figure(
            f"a confirmation among {BULK[size.name]:,} bulk mails until it is sent, {kind}",
            "s",
            found["confirmation_s"],
            at_most=MOST_CONFIRMATION_S,
            command=COMMAND,
        ),
        Figure(
            f"mails lost by {KILLS} kill -9, {kind}",
            "of " + f"{mails:,}",
            mails - killed["distinct"],
            at_most=0,
            command=COMMAND,
        ),
        Figure(
            f"mails doubled by a kill -9, {kind}",
            "at worst",
            max(killed["doubled_per_kill"]),
            at_most=MOST_DOUBLED,
            command=COMMAND,
        ),
    ]


# --- (a) ---


def _throughput(database: Database, url: str, port: int, rounds: int, mails: int) -> dict[str, Any]:
    pairs = []
    for _ in range(rounds):
        outbox_of.queue_success_mails(database, mails)
        octets = len(_written(database, url, port, 1)[0].content)
        ours = _timed(lambda: _check_sent(outbox_of.deliver(url, port).sent, mails))
        limit = smtp_source(port, mails=mails, octets=octets, connections=outbox_of.CONNECTIONS)
        pairs.append((mails / ours["wall"], mails / limit, ours["cpu"] / mails * 1e6, octets))
    ours_rates, limits, cpus, sizes = zip(*pairs, strict=True)
    ratios = [a / b for a, b in zip(ours_rates, limits, strict=True)]
    return {
        "mails_per_s": round(median(ours_rates)),
        "smtp_source_per_s": round(median(limits)),
        "ratio": round(median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "cpu_us_per_mail": round(median(cpus)),
        "octets": sizes[0],
    }


def _parts(database: Database, url: str, port: int, mails: int) -> dict[str, Any]:
    """Wall and CPU microseconds a mail of each part, measured alone."""
    outbox_of.queue_success_mails(database, mails)
    built: list[Outgoing] = []
    parts = {
        "build": _timed(lambda: built.extend(_written(database, url, port, mails))),
        "send": _timed(lambda: _send(built, port)),
        "state": _timed(lambda: _claim_and_record(database)),
    }
    plain = _timed(lambda: _plain_way(port))
    told = {
        name: {unit: round(cost / mails * 1e6) for unit, cost in part.items()} for name, part in parts.items()
    }
    told["plain way"] = {unit: round(cost / PLAIN * 1e6) for unit, cost in plain.items()}
    return {"us_per_mail": told}


def _written(database: Database, url: str, port: int, mails: int) -> list[Outgoing]:
    writer = MailWriter(database, outbox_of.settings(url, port), MAIL_KINDS)
    with database.rehearsal() as trial, trial.transaction() as connection:
        messages = outbox.claim(connection, now=datetime.now(UTC), limit=mails)
    writer.load(messages)
    return [writer.write(message) for message in messages]


def _send(built: list[Outgoing], port: int) -> None:
    async def run() -> None:
        server = MailServer(HOST, port, tls="none")
        async for _ in deliver_in_groups(built, server=server, connections=outbox_of.CONNECTIONS):
            pass

    _run(run())


def _claim_and_record(database: Database) -> None:
    """What the outbox costs when every group is as large as the connections allow."""
    now = datetime.now(UTC)
    while True:
        with database.transaction() as connection:
            claimed = outbox.claim(connection, now=now, limit=CLAIM)
        if not claimed:
            return
        for start in range(0, len(claimed), outbox_of.CONNECTIONS):
            some = claimed[start : start + outbox_of.CONNECTIONS]
            results = [_sent(row.outbox_message_id, now) for row in some]
            with database.transaction() as connection:
                outbox.record(connection, results)


def _sent(outbox_message_id: int, at: datetime) -> outbox.TryResult:
    return outbox.TryResult(outbox_message_id, MessageState.SENT, at, 0, 250, "2.0.0 Ok", sent_at=at)


def _plain_way(port: int) -> None:
    """An EmailMessage a person, sent by aiosmtplib's own `send_message` over as many connections."""
    text = "您的投保單位已為您申請，健保卡網路服務註冊成功。\n" * 12

    async def one(part: int) -> None:
        async with SMTP(hostname=HOST, port=port, start_tls=False, use_tls=False) as client:
            for number in range(part, PLAIN, outbox_of.CONNECTIONS):
                heading = Heading(
                    sender="registration@nhi.example.com",
                    to=f"person.{number}@example.com",
                    date=datetime.now(UTC),
                    message_id=f"<{number}@nhi.example.com>",
                )
                await client.send_message(
                    compose(heading, subject="註冊成功", text=text, html=f"<p>{text}</p>")
                )

    async def run() -> None:
        await asyncio.gather(*(one(part) for part in range(outbox_of.CONNECTIONS)))

    _run(run())


# --- (b) and (c) ---


def _confirmation(database: Database, url: str, port: int, bulk: int) -> float:
    """Seconds from the commit of a confirmation to the sink's reply, so many other mails being under way."""
    outbox_of.queue_success_mails(database, bulk)
    deliverer = _start(url, port)
    try:
        _until(lambda: outbox_of.count(database, outbox_message.c.state == MessageState.SENT) > 0)
        number = outbox_of.queue_confirmation(database)
        began = time.perf_counter()
        is_there = (outbox_message.c.outbox_message_id == number, outbox_message.c.state == MessageState.SENT)
        _until(lambda: outbox_of.count(database, *is_there) == 1)
        return time.perf_counter() - began
    finally:
        _kill(deliverer)


def _killed(database: Database, url: str, mails: int) -> dict[str, Any]:
    """Three deliverers killed at a quarter, a half and three quarters; a fourth one finishes."""
    outbox_of.queue_success_mails(database, mails)
    has_been_sent = outbox_message.c.state == MessageState.SENT
    with tempfile.TemporaryDirectory() as folder, remembering_sink(Path(folder) / "notes") as port:
        notes = Path(folder) / "notes"
        doubled: list[int] = []
        for kill in range(KILLS):
            deliverer = _start(url, port, kill * LEASE_OVER)
            goal = mails * (kill + 1) // (KILLS + 1)
            _until(lambda goal=goal: outbox_of.count(database, has_been_sent) >= goal)  # type: ignore[misc]
            _kill(deliverer)
            time.sleep(0.5)  # the sink notes what it has
            unrecorded = len(notes.read_bytes().splitlines()) - outbox_of.count(database, has_been_sent)
            doubled.append(unrecorded - sum(doubled))
        outbox_of.deliver(url, port, later=KILLS * LEASE_OVER)
        arrived = Counter(notes.read_bytes().splitlines())
    return {"distinct": len(arrived), "arrived": arrived.total(), "doubled_per_kill": doubled}


def _start(url: str, port: int, later: timedelta = timedelta()) -> Any:
    process = _PROCESSES.Process(target=outbox_of.deliver, args=(url, port), kwargs={"later": later})
    process.start()
    return process


def _kill(process: Any) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def _until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 120
    while not is_so():
        if time.monotonic() > ends:
            raise SystemExit("the delivery does not get on")
        time.sleep(0.01)


def _timed(work: Callable[[], object]) -> dict[str, float]:
    """Wall and CPU seconds of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def _run(work: Any) -> None:
    import uvloop

    uvloop.run(work)


def _check_sent(sent: int, mails: int) -> None:
    if sent != mails:
        raise SystemExit(f"{sent} of {mails} mails were sent")


def main() -> None:
    """Measure and report."""
    size = sizes.chosen()
    report("mail_delivery", size, measure(size))


if __name__ == "__main__":
    main()
